import type { ArmOperation, AzureModule, InlineChildren, ResourceType } from "./resourceType.ts";

/** All resource types and operations of all modules, found without regard to case. */
export class TypeRegistry {
  readonly modules: readonly AzureModule[];
  readonly operations: readonly ArmOperation[];
  readonly types: readonly ResourceType[];
  readonly namespaces: readonly string[];
  readonly #types = new Map<string, ResourceType>();
  readonly #inlineParents = new Map<string, InlineChildren>();

  constructor(modules: readonly AzureModule[]) {
    this.modules = modules;
    this.operations = modules.flatMap((module) => module.operations ?? []);
    this.types = modules.flatMap((module) => module.resourceTypes);
    this.namespaces = namespacesOf(this.types, this.operations);
    for (const type of this.types) {
      const key = type.type.toLowerCase();
      if (this.#types.has(key)) throw new Error(`Two modules define the resource type ${type.type}; keep one of them.`);
      this.#types.set(key, type);
      for (const inline of type.inlineChildren ?? []) this.#inlineParents.set(inline.type.toLowerCase(), inline);
    }
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

  task(name: string): NonNullable<AzureModule["tasks"]>[string] | undefined {
    for (const module of this.modules) {
      const task = module.tasks?.[name];
      if (task !== undefined) return task;
    }
    return undefined;
  }
}

function namespacesOf(types: readonly ResourceType[], operations: readonly ArmOperation[]): readonly string[] {
  const names = [...types.map((type) => type.type), ...operations.flatMap((operation) => namespaceIn(operation.path))];
  return [...new Set(names.map((name) => name.split("/")[0] ?? name))].sort();
}

function namespaceIn(path: string): readonly string[] {
  const match = /(?:providers\/|\{)(Microsoft\.[A-Za-z]+)/.exec(path);
  return match?.[1] === undefined ? [] : [match[1]];
}
