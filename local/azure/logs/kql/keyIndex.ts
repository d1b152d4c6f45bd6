import { compareValues, type Row, type Value } from "./value.ts";

/** What a slot of the table of chains holds when there is no entry. */
const NONE = -1;

const FIRST_SLOTS = 1024;

/**
 * Numbers lists of values: equal lists have one number, counted from 0. A million lists of a dozen values are ordinary, so
 * no text is made of a list: texts have numbers of their own, and lists are chained by a hash of those.
 */
export class KeyIndex {
  readonly #keys: Row[] = [];
  readonly #hashes: number[] = [];
  readonly #next: number[] = [];
  readonly #texts = new Map<string, number>();
  #slots = new Int32Array(FIRST_SLOTS).fill(NONE);

  get size(): number {
    return this.#keys.length;
  }

  key(index: number): Row {
    return this.#keys[index] ?? [];
  }

  /** The number of the list, or -1 for one that was not added. */
  find(values: Row): number {
    return this.#find(values, this.#hash(values));
  }

  /** The number of the list, which is added when it is new; the list is kept and must not be changed. */
  add(values: Row): number {
    const hash = this.#hash(values);
    const known = this.#find(values, hash);
    if (known !== NONE) return known;
    if (this.#keys.length >= this.#slots.length) this.#grow();
    const index = this.#keys.length;
    this.#keys.push(values);
    this.#hashes.push(hash);
    this.#chain(index, hash);
    return index;
  }

  #find(values: Row, hash: number): number {
    let index = this.#slots[hash & (this.#slots.length - 1)] ?? NONE;
    while (index !== NONE && !(this.#hashes[index] === hash && areEqual(this.key(index), values)))
      index = this.#next[index] ?? NONE;
    return index;
  }

  #chain(index: number, hash: number): void {
    const slot = hash & (this.#slots.length - 1);
    this.#next[index] = this.#slots[slot] ?? NONE;
    this.#slots[slot] = index;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(NONE);
    for (const [index, hash] of this.#hashes.entries()) this.#chain(index, hash);
  }

  /** FNV-1a over the numbers of the values, stirred at the end so that the low bits tell lists apart. */
  #hash(values: Row): number {
    let hash = 0x811c9dc5;
    for (const value of values) hash = Math.imul(hash ^ this.#numberOf(value), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  #numberOf(value: Value): number {
    if (typeof value === "number")
      return Math.imul(value | 0, 0x9e3779b1) ^ ((value / 4096) | 0) ^ ((value * 65_536) | 0);
    if (value === null) return 1;
    if (typeof value === "boolean") return value ? 2 : 3;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const number = Math.imul(this.#texts.size + 4, 0x9e3779b1);
    this.#texts.set(text, number);
    return number;
  }
}

function areEqual(left: Row, right: Row): boolean {
  for (let index = 0; index < left.length; index++) {
    const [one, other] = [left[index] ?? null, right[index] ?? null];
    if (one !== other && !(typeof one === "object" && typeof other === "object" && compareValues(one, other) === 0))
      return false;
  }
  return true;
}
