import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), "utf8");
const rows = read("docs/refusals.md")
  .split("\n")
  .filter((line) => / \| (door|Azure) \| /.test(line))
  .map((line) => line.slice(2, -2).split(" | "));
const bare = (cell = ""): string => cell.replaceAll("`", "");

describe("docs/refusals.md", () => {
  it.each(rows)("names source and test of: %s", (_what, _where, said, source, test) => {
    expect(read(bare(source))).toContain(bare(said));
    expect(read(bare(test))).toContain(bare(said));
  });

  it("has every code of what only Azure tells", () => {
    const sources = ["networkObstacles", "obstacles", "standingCluster"].map((name) =>
      read(`src/resources/${name}.ts`),
    );
    const codes = sources.flatMap((text) => [...text.matchAll(/code: "(\w+)"/g)].map(([, code]) => code));
    const said = rows.map(([, , words]) => bare(words));
    expect(codes.length).toBeGreaterThan(7);
    expect(codes.filter((code) => !said.includes(code ?? ""))).toEqual([]);
  });
});
