import type { Clock } from "../../clock.ts";
import type { Principal } from "./resourceType.ts";
import type { SeededRandom } from "./seededRandom.ts";
import type { StateTable } from "./stateTable.ts";

export interface DirectoryObject extends Principal {
  readonly createdAtEpochMs: number;
  /** The ARM id of the managed identity it stands for, where there is one. */
  readonly resourceId?: string;
}

/** The tenant's directory: who exists, and since when. */
export class Directory {
  readonly #table: StateTable<DirectoryObject>;
  readonly #clock: Clock;
  readonly #random: SeededRandom;

  constructor(table: StateTable<DirectoryObject>, clock: Clock, random: SeededRandom) {
    this.#table = table;
    this.#clock = clock;
    this.#random = random;
  }

  create(displayName: string): Principal {
    const principal = {
      objectId: this.#random.guid(),
      appId: this.#random.guid(),
      kind: "ServicePrincipal",
      displayName,
    } as const;
    this.add(principal, this.#clock.now());
    return principal;
  }

  add(principal: Principal, createdAtEpochMs: number, resourceId?: string): void {
    this.#table.set(principal.objectId.toLowerCase(), {
      ...principal,
      createdAtEpochMs,
      ...(resourceId === undefined ? {} : { resourceId }),
    });
  }

  remove(objectId: string): void {
    this.#table.delete(objectId.toLowerCase());
  }

  get(objectId: string): DirectoryObject | undefined {
    return this.#table.get(objectId.toLowerCase());
  }

  find(matches: (principal: DirectoryObject) => boolean): DirectoryObject | undefined {
    for (const principal of this.#table.values()) {
      if (matches(principal)) return principal;
    }
    return undefined;
  }
}
