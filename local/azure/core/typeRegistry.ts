import type { ArmOperation, AzureModule, InlineChildren, ResourceType } from "./resourceType.ts";

/** All resource types and operations of all modules, found without regard to case. */
export class TypeRegistry {
  readonly modules: readonly AzureModule[];
  readonly operations: readonly ArmOperation[];
  readonly #types = new Map<string, ResourceType>();
  readonly #inlineParents = new Map<string, InlineChildren>();

  constructor(modules: readonly AzureModule[]) {
    this.modules = modules;
    this.operations = modules.flatMap((module) => module.operations ?? []);
    for (const type of modules.flatMap((module) => module.resourceTypes)) {
      const key = type.type.toLowerCase();
      if (this.#types.has(key)) throw new Error(`Two modules define the resource type ${type.type}; keep one of them.`);
      this.#types.set(key, type);
      for (const inline of type.inlineChildren ?? []) this.#inlineParents.set(inline.type.toLowerCase(), inline);
    }
  }

  get types(): readonly ResourceType[] {
    return [...this.#types.values()];
  }

  find(type: string): ResourceType | undefined {
    return this.#types.get(type.toLowerCase());
  }

  /** How the type stands inside its parent's body; undefined when it does not. */
  inlineForm(type: string): InlineChildren | undefined {
    return this.#inlineParents.get(type.toLowerCase());
  }

  /** "Microsoft.Network" for "microsoft.network"; undefined for a namespace that no module knows. */
  namespace(name: string): string | undefined {
    return this.namespaces.find((known) => known.toLowerCase() === name.toLowerCase());
  }

  get namespaces(): readonly string[] {
    const names = [
      ...this.types.map((type) => type.type),
      ...this.operations.flatMap((operation) => namespaceIn(operation.path)),
    ];
    return [...new Set(names.map((name) => name.split("/")[0] ?? name))].sort();
  }

  task(name: string): NonNullable<AzureModule["tasks"]>[string] | undefined {
    for (const module of this.modules) {
      const task = module.tasks?.[name];
      if (task !== undefined) return task;
    }
    return undefined;
  }
}

function namespaceIn(path: string): readonly string[] {
  const match = /(?:providers\/|\{)(Microsoft\.[A-Za-z]+)/.exec(path);
  return match?.[1] === undefined ? [] : [match[1]];
}
