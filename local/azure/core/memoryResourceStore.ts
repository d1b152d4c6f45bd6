import { parseResourceId } from "./resourceId.ts";
import type { Json, JsonObject, ResourceStore, StoredResource } from "./resourceType.ts";
import type { StateTable } from "./stateTable.ts";
import type { TypeRegistry } from "./typeRegistry.ts";

/**
 * The resources, by id in lower case. What is kept is a frozen copy: nobody can change a resource but by `put`, so every
 * change gets an etag, reaches the disk, and can be taken back.
 */
export class MemoryResourceStore implements ResourceStore {
  readonly #table: StateTable<StoredResource>;
  readonly #registry: TypeRegistry;
  readonly #newGuid: () => string;
  /** What each version of a resource refers to, for `referencesTo`. */
  readonly #mentioned = new WeakMap<StoredResource, ReadonlySet<string>>();
  /** The resources of each type, made once a revision of the table: packets and probes ask for them again and again. */
  #byType: ReadonlyMap<string, readonly Keyed[]> = new Map();
  /** Those of a type below each parent, made when they are first asked for. */
  #byParent = new Map<string, ReadonlyMap<string, readonly Keyed[]>>();
  /** What was listed of a type at or below a scope. */
  #listed = new Map<string, readonly Keyed[]>();
  #byTypeRevision: number | undefined;
  /** The key of the parent, by key. */
  readonly #parentKeys = new Map<string, string>();

  constructor(table: StateTable<StoredResource>, registry: TypeRegistry, newGuid: () => string) {
    this.#table = table;
    this.#registry = registry;
    this.#newGuid = newGuid;
  }

  get(id: string): StoredResource | undefined {
    return this.#table.get(keyOf(id));
  }

  children(parentId: string, type?: string): StoredResource[] {
    const parentKey = keyOf(parentId);
    if (type === undefined) return this.#filter((key) => this.#parentKeyOf(key) === parentKey);
    return resourcesOf(this.#ofTypeByParent(type).get(parentKey) ?? []);
  }

  list(type: string, scope: string): StoredResource[] {
    const all = this.#ofType(type);
    const own = keyOf(scope);
    const question = `${type} ${own}`;
    let listed = this.#listed.get(question);
    if (listed === undefined) {
      const prefix = prefixOf(scope);
      listed = all.filter(({ key }) => key === own || key.startsWith(prefix));
      this.#listed.set(question, listed);
    }
    return resourcesOf(listed);
  }

  below(scope: string): StoredResource[] {
    const prefix = prefixOf(scope);
    return this.#filter((key) => key.startsWith(prefix));
  }

  put(resource: Omit<StoredResource, "etag">): StoredResource {
    const id = `/${resource.id.replace(/^\/+|\/+$/g, "")}`;
    const known = this.#table.get(keyOf(id));
    const stored = freeze({
      // The first writer's spelling of an id stays.
      id: known?.id ?? id,
      name: known?.name ?? resource.name,
      type: this.#spelt(resource.type),
      etag: `W/"${this.#newGuid()}"`,
      body: JSON.parse(JSON.stringify(resource.body)) as JsonObject,
    } satisfies StoredResource);
    this.#table.set(keyOf(id), stored);
    this.#moveEtags(stored);
    return stored;
  }

  remove(id: string): void {
    const resource = this.get(id);
    for (const inner of this.below(id)) this.#table.delete(keyOf(inner.id));
    this.#table.delete(keyOf(id));
    if (resource === undefined || this.#registry.inlineForm(resource.type) === undefined) return;
    const parent = this.get(parseResourceId(resource.id)?.parentId ?? "");
    if (parent !== undefined) this.put(parent);
  }

  referencesTo(id: string): StoredResource[] {
    const own = keyOf(id);
    const below = `${own}/`;
    return this.#filter(
      (key, resource) => this.#mentionedBy(resource).has(own) && key !== own && !key.startsWith(below),
    );
  }

  /** A parent and its inline children are one document in Azure: all carry the etag of the last change to any of them. */
  #moveEtags(changed: StoredResource): void {
    const parentId =
      this.#registry.inlineForm(changed.type) === undefined ? undefined : parseResourceId(changed.id)?.parentId;
    const root = parentId === undefined ? changed : this.get(parentId);
    if (root === undefined) return;
    const inlineTypes = this.#registry.find(root.type)?.inlineChildren ?? [];
    if (inlineTypes.length === 0) return;
    const document = [root, ...inlineTypes.flatMap((inline) => this.children(root.id, inline.type))];
    for (const member of document) {
      if (member.etag !== changed.etag) this.#table.set(keyOf(member.id), freeze({ ...member, etag: changed.etag }));
    }
  }

  /** A type as all resources of it have it, so that types are compared as they stand. */
  #spelt(type: string): string {
    return this.#registry.find(type)?.type ?? type;
  }

  #ofType(type: string): readonly Keyed[] {
    if (this.#byTypeRevision !== this.#table.revision) {
      this.#byType = Map.groupBy(
        Array.from(this.#table.entries(), ([key, resource]) => ({ key, resource })),
        ({ resource }) => resource.type,
      );
      this.#byParent = new Map();
      this.#listed = new Map();
      this.#byTypeRevision = this.#table.revision;
    }
    return this.#byType.get(this.#spelt(type)) ?? [];
  }

  #ofTypeByParent(type: string): ReadonlyMap<string, readonly Keyed[]> {
    const all = this.#ofType(type);
    const spelt = this.#spelt(type);
    let byParent = this.#byParent.get(spelt);
    if (byParent === undefined) {
      byParent = Map.groupBy(all, ({ key }) => this.#parentKeyOf(key));
      this.#byParent.set(spelt, byParent);
    }
    return byParent;
  }

  #parentKeyOf(key: string): string {
    let parentKey = this.#parentKeys.get(key);
    if (parentKey === undefined) {
      parentKey = keyOf(parseResourceId(key)?.parentId ?? "");
      this.#parentKeys.set(key, parentKey);
    }
    return parentKey;
  }

  #filter(matches: (key: string, resource: StoredResource) => boolean): StoredResource[] {
    const found: StoredResource[] = [];
    for (const [key, resource] of this.#table.entries()) {
      if (matches(key, resource)) found.push(resource);
    }
    return found;
  }

  #mentionedBy(resource: StoredResource): ReadonlySet<string> {
    let mentioned = this.#mentioned.get(resource);
    if (mentioned === undefined) {
      mentioned = idsIn(resource.body);
      this.#mentioned.set(resource, mentioned);
    }
    return mentioned;
  }
}

interface Keyed {
  readonly key: string;
  readonly resource: StoredResource;
}

function resourcesOf(entries: readonly Keyed[]): StoredResource[] {
  return entries.map(({ resource }) => resource);
}

/** The ids that a body names, as values and as keys, and all that they lie below; in lower case. */
function idsIn(body: JsonObject): ReadonlySet<string> {
  const ids = new Set<string>();
  const look = (value: Json | undefined): void => {
    if (typeof value === "string") addWithParents(ids, value.toLowerCase());
    else if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        addWithParents(ids, key.toLowerCase());
        look(part);
      }
    }
  };
  look(body);
  return ids;
}

function addWithParents(ids: Set<string>, text: string): void {
  if (!text.startsWith("/")) return;
  for (let end = text.length; end > 0 && !ids.has(text.slice(0, end)); end = text.lastIndexOf("/", end - 1))
    ids.add(text.slice(0, end));
}

/** Freezes a value all the way down. */
export function freeze<T>(value: T): T {
  if (value === null || typeof value !== "object" || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}

/** What the keys below a scope begin with; "" and "/" are above everything. */
function prefixOf(scope: string): string {
  const key = keyOf(scope);
  return key === "/" ? key : `${key}/`;
}

function keyOf(id: string): string {
  return `/${id.replace(/^\/+|\/+$/g, "")}`.toLowerCase();
}
