import { KeyIndex } from "./keyIndex.ts";
import { emit } from "./rowOperators.ts";
import { type Scalar, type Tabular, visible } from "./scope.ts";
import { type Column, nothingOf, type Row } from "./value.ts";

/** What a kind of join makes of the rows of both sides. */
export interface JoinKind {
  /** Which columns it shows. */
  readonly shows: "both" | "left" | "right";
  /** Rows of the left without a partner: with empty columns, alone, or not at all. */
  readonly leftWithout?: true;
  readonly rightWithout?: true;
  /** Whether rows that have partners are shown. */
  readonly partners: boolean;
  /** Of left rows with one key only one counts. */
  readonly unique?: true;
}

export interface Side {
  readonly table: Tabular;
  readonly columns: readonly Column[];
  /** Places of the columns that are shown. */
  readonly indexes: readonly number[];
  readonly nothing: Row;
  /** Undefined when a part of it is null. */
  key(row: Row): Row | undefined;
}

export interface Sides {
  readonly left: Side;
  readonly right: Side;
}

export function side(table: Tabular, keys: readonly Scalar[]): Side {
  const columns = visible(table.columns);
  return {
    table,
    columns,
    indexes: columns.map((column) => table.columns.indexOf(column)),
    nothing: columns.map(({ type }) => nothingOf(type)),
    key(row) {
      const values = keys.map((key) => key.evaluate(row));
      // Null is a partner of nothing, not even of null.
      return values.includes(null) ? undefined : values;
    },
  };
}

/** Rows of the left that are held back before the right is looked at: when there are no more, few of the right matter. */
const HELD_BACK = 10_000;

/** Gives the rows of a join to the sink; false when it wanted no more. */
export function joined(kind: JoinKind, { left, right }: Sides, sink: (row: Row) => boolean): boolean {
  if (kind.shows === "right") return lonelyOrMet(kind, { own: right, other: keysOf(left) }, sink);
  const held: Row[] = [];
  let take: ((row: Row) => boolean) | undefined;
  let finish = (): boolean => true;
  const begin = (): ((row: Row) => boolean) => {
    const meeting = meet(kind, { left, right }, { held, isAll: take === undefined && held.length < HELD_BACK }, sink);
    finish = meeting.finish;
    return meeting.take;
  };
  const isWanted = left.table.stream((row) => {
    if (take !== undefined) return take(row);
    held.push(left.table.isShared === true ? row : [...row]);
    if (held.length < HELD_BACK) return true;
    take = begin();
    return held.every(take);
  });
  if (!isWanted) return false;
  if (take !== undefined) return finish();
  return held.every(begin()) && finish();
}

interface Meeting {
  /** Takes a row of the left. */
  take(row: Row): boolean;
  /** After the last row of the left. */
  finish(): boolean;
}

interface Held {
  readonly held: readonly Row[];
  /** Whether those are all rows of the left. */
  readonly isAll: boolean;
}

function meet(kind: JoinKind, sides: Sides, { held, isAll }: Held, sink: (row: Row) => boolean): Meeting {
  const { left, right } = sides;
  const wanted = isAll && kind.rightWithout !== true ? keysAmong(left, held) : undefined;
  if (kind.shows === "left") {
    const keys = keysOf(right, wanted);
    return { take: (row) => isMet(left, keys, row) !== kind.partners || sink(pick(left, row)), finish: () => true };
  }
  return bothSides(kind, sides, grouped(right, wanted), sink);
}

function lonelyOrMet(
  kind: JoinKind,
  { own, other }: { readonly own: Side; readonly other: KeyIndex },
  sink: (row: Row) => boolean,
): boolean {
  return own.table.stream((row) => isMet(own, other, row) !== kind.partners || sink(pick(own, row)));
}

function isMet(own: Side, keys: KeyIndex, row: Row): boolean {
  const key = keys.size === 0 ? undefined : own.key(row);
  return key !== undefined && keys.find(key) >= 0;
}

interface Grouped {
  readonly keys: KeyIndex;
  /** Rows by the number of their key. */
  readonly rows: readonly (readonly Row[])[];
  /** Rows with a null in their key. */
  readonly lonely: readonly Row[];
}

function bothSides(kind: JoinKind, { left, right }: Sides, found: Grouped, sink: (row: Row) => boolean): Meeting {
  const met = new Set<number>();
  return {
    take(row) {
      const key = left.key(row);
      const number = key === undefined ? -1 : found.keys.find(key);
      if (number < 0) return kind.leftWithout !== true || sink([...pick(left, row), ...right.nothing]);
      if (kind.unique === true && met.has(number)) return true;
      met.add(number);
      const own = pick(left, row);
      return (found.rows[number] ?? []).every((partner) => sink([...own, ...partner]));
    },
    finish() {
      if (kind.rightWithout !== true) return true;
      const unmet = found.rows.flatMap((partners, number) => (met.has(number) ? [] : partners));
      return emit(
        [...unmet, ...found.lonely].map((row) => [...left.nothing, ...row]),
        sink,
      );
    },
  };
}

/** Groups the rows of a side; where it is known which keys are wanted, only those with such a key. */
function grouped(one: Side, wanted: KeyIndex | undefined): Grouped {
  const keys = new KeyIndex();
  const rows: Row[][] = [];
  const lonely: Row[] = [];
  if (wanted?.size === 0) return { keys, rows, lonely };
  one.table.stream((row) => {
    const key = one.key(row);
    if (wanted !== undefined && (key === undefined || wanted.find(key) < 0)) return true;
    if (key === undefined) lonely.push(pick(one, row));
    else {
      const number = keys.add(key);
      rows[number] ??= [];
      rows[number].push(pick(one, row));
    }
    return true;
  });
  return { keys, rows, lonely };
}

function keysAmong(one: Side, rows: readonly Row[]): KeyIndex {
  const keys = new KeyIndex();
  for (const row of rows) {
    const key = one.key(row);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}

function keysOf(one: Side, wanted?: KeyIndex): KeyIndex {
  const keys = new KeyIndex();
  if (wanted?.size === 0) return keys;
  one.table.stream((row) => {
    const key = one.key(row);
    if (key !== undefined && (wanted === undefined || wanted.find(key) >= 0)) keys.add(key);
    return true;
  });
  return keys;
}

function pick({ indexes }: Side, row: Row): Row {
  return indexes.map((index) => row[index] ?? null);
}
