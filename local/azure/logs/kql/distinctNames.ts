import type { Column } from "./value.ts";

/** Gives a number to a name that was there before: Name, Name1, Name2. */
export function distinctNames(columns: readonly Column[]): readonly Column[] {
  const names = new Set<string>();
  return columns.map((column) => {
    let { name } = column;
    for (let number = 1; names.has(name); number++) name = `${column.name}${number}`;
    names.add(name);
    return { ...column, name };
  });
}
