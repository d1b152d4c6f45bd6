import type { StateTable } from "./stateTable.ts";

/**
 * A stream of random numbers that is the same for the same seed, and goes on where it was after a restart.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand; public domain): 128 bits of state, good enough for ids.
 */
export class SeededRandom {
  readonly #table: StateTable<readonly number[]>;
  readonly #stream: string;

  constructor(table: StateTable<readonly number[]>, stream: string, seed: number) {
    this.#table = table;
    this.#stream = stream;
    if (!table.has(stream)) this.seed(seed);
  }

  seed(seed: number): void {
    let hash = 0x9e3779b9;
    for (const character of this.#stream) hash = Math.imul(hash ^ character.charCodeAt(0), 0x85ebca6b);
    this.#table.set(this.#stream, [hash | 0, seed | 0, Math.floor(seed / 2 ** 32) | 0, 1]);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.nextUint32();
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.nextUint32() / 2 ** 32;
  }

  nextUint32(): number {
    const [a = 0, b = 0, c = 0, counter = 0] = this.#table.get(this.#stream) ?? [];
    const result = (((a + b) | 0) + counter) | 0;
    this.#table.set(this.#stream, [
      b ^ (b >>> 9),
      (c + (c << 3)) | 0,
      (((c << 21) | (c >>> 11)) + result) | 0,
      (counter + 1) | 0,
    ]);
    return result >>> 0;
  }

  /** A version 4 guid. */
  guid(): string {
    const hex = Array.from({ length: 4 }, () => this.nextUint32().toString(16).padStart(8, "0")).join("");
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** Rounds after seeding until near seeds have grown apart; the author of sfc32 uses 12 to 20. */
const WARM_UP_ROUNDS = 15;
