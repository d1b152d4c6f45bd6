/**
 * What a cluster's API server keeps. Every object is one record of the world's store below the cluster's id, so that it
 * is saved and deleted with the cluster. Kinds that start with "Local" are this stand-in's own notes (logs, helm
 * releases, what AGIC is doing); no kubectl word leads to them.
 */
import type { AzureWorld, Json, JsonObject, StoredResource } from "../core/resourceType.ts";
import { field, numberField, objectField, sameJson, textField } from "./jsonFields.ts";

export type KubernetesObject = JsonObject & { kind: string; metadata: JsonObject & { name: string } };

export const KUBERNETES_OBJECT_TYPE = "Local.Kubernetes/objects";

export class ClusterObjects {
  readonly world: AzureWorld;
  readonly clusterId: string;

  constructor(world: AzureWorld, clusterId: string) {
    this.world = world;
    this.clusterId = clusterId;
  }

  /** The managed cluster's own resource; undefined after it is gone. */
  get cluster(): StoredResource | undefined {
    return this.world.store.get(this.clusterId);
  }

  get(kind: string, namespace: string, name: string): KubernetesObject | undefined {
    const record = this.world.store.get(this.#id(kind, namespace, name));
    return record === undefined ? undefined : toObject(record);
  }

  /** All objects of a kind, in one namespace or (undefined) in all, by name. */
  list(kind: string, namespace?: string): KubernetesObject[] {
    return this.world.store
      .list(KUBERNETES_OBJECT_TYPE, this.clusterId)
      .filter((record) => record.name.startsWith(`${kind}.`))
      .map(toObject)
      .filter((object) => namespace === undefined || namespaceOf(object) === namespace)
      .sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  }

  /** Creates or replaces; gives uid, creationTimestamp and a new resourceVersion, and a new generation when the spec changed. */
  put(object: KubernetesObject): KubernetesObject {
    const namespace = namespaceOf(object);
    const existing = this.get(object.kind, namespace, object.metadata.name);
    const specChanged = existing !== undefined && !sameJson(existing.spec, object.spec);
    const generation =
      (numberField(existing, "metadata", "generation") ?? 0) + (existing === undefined || specChanged ? 1 : 0);
    const kept: KubernetesObject = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: textField(existing, "metadata", "uid") ?? this.world.newGuid(),
        creationTimestamp: textField(existing, "metadata", "creationTimestamp") ?? timestamp(this.world.clock.now()),
        resourceVersion: String(this.#nextVersion()),
        ...(object.spec === undefined ? {} : { generation }),
      },
    };
    this.#write(kept);
    return kept;
  }

  /** Replaces the status alone. */
  putStatus(object: KubernetesObject, status: JsonObject): void {
    const current = this.get(object.kind, namespaceOf(object), object.metadata.name);
    if (current === undefined || sameJson(current.status, status)) return;
    const metadata = { ...current.metadata, resourceVersion: String(this.#nextVersion()) };
    this.#write({ ...current, metadata, status });
  }

  remove(object: KubernetesObject): void {
    this.world.store.remove(this.#id(object.kind, namespaceOf(object), object.metadata.name));
  }

  /** Forgets everything, when the cluster is deleted. */
  clear(): void {
    for (const record of this.world.store.list(KUBERNETES_OBJECT_TYPE, this.clusterId)) {
      this.world.store.remove(record.id);
    }
  }

  /** A note of the stand-in itself, kept like an object. */
  note(kind: `Local${string}`, namespace: string, name: string): JsonObject | undefined {
    const object = this.get(kind, namespace, name);
    return object === undefined ? undefined : objectField(object, "data");
  }

  putNote(kind: `Local${string}`, namespace: string, name: string, data: JsonObject): void {
    this.#write({ kind, metadata: { name, namespace }, data });
  }

  removeNote(kind: `Local${string}`, namespace: string, name: string): void {
    this.world.store.remove(this.#id(kind, namespace, name));
  }

  #nextVersion(): number {
    const last = numberField(this.note("LocalCounter", "", "resourceVersion"), "value") ?? 0;
    this.putNote("LocalCounter", "", "resourceVersion", { value: last + 1 });
    return last + 1;
  }

  #write(object: KubernetesObject): void {
    const namespace = namespaceOf(object);
    const name = recordName(object.kind, namespace, object.metadata.name);
    const id = this.#id(object.kind, namespace, object.metadata.name);
    this.world.store.put({ id, name, type: KUBERNETES_OBJECT_TYPE, body: { properties: { object } } });
  }

  #id(kind: string, namespace: string, name: string): string {
    return `${this.clusterId}/providers/${KUBERNETES_OBJECT_TYPE}/${recordName(kind, namespace, name)}`;
  }
}

export function namespaceOf(object: KubernetesObject): string {
  return textField(object, "metadata", "namespace") ?? "";
}

export function labelsOf(object: Json | undefined): JsonObject {
  return objectField(object, "metadata", "labels");
}

/** Whether every label of the selector is on the labels. An empty selector selects nothing, as a Service without one. */
export function matchesLabels(selector: JsonObject, labels: JsonObject): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

/** Whether the object was made by the owner (ownerReferences with its uid). */
export function isOwnedBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  return textField(object, "metadata", "ownerReferences", 0, "uid") === textField(owner, "metadata", "uid");
}

export function ownerReference(owner: KubernetesObject, apiVersion: string): JsonObject {
  const uid = textField(owner, "metadata", "uid") ?? "";
  return { apiVersion, kind: owner.kind, name: owner.metadata.name, uid, controller: true, blockOwnerDeletion: true };
}

/** Kubernetes' time stamps have whole seconds. */
export function timestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, "Z");
}

function keyOf(object: KubernetesObject): string {
  return `${namespaceOf(object)}/${object.metadata.name}`;
}

/** Record names must not look like another record's: namespaces have no dots, so the three parts stay apart. */
function recordName(kind: string, namespace: string, name: string): string {
  return `${kind}.${namespace}.${name}`;
}

function toObject(record: StoredResource): KubernetesObject {
  return field(record.body, "properties", "object") as KubernetesObject;
}
