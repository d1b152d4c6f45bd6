import type { Compilation } from "./scope.ts";

/** Computes something at most once in a run, and forgets it with the run. */
export function onceARun<T extends object | string | number | boolean | null>(
  compilation: Compilation,
  compute: () => T,
): () => T {
  const place = {};
  return () => {
    const { memory } = compilation.run;
    const known = memory.get(place) as T | undefined;
    if (known !== undefined) return known;
    const value = compute();
    memory.set(place, value);
    return value;
  };
}
