import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { citedFiles, isThere } from "./citations.ts";
import { repositoryDirectory, sources } from "./sources.ts";

const pages = ["*.md", "docs/**/*.md", "infra/**/*.{bicep,md}"]
  .flatMap((pattern) => globSync(pattern, { cwd: repositoryDirectory }))
  .map((file) => file.split(path.sep).join("/"))
  .map((file) => ({ file, text: readFileSync(path.join(repositoryDirectory, file), "utf8") }));

const comments = sources.map(({ file, comments: own }) => ({ file, text: own.join("\n") }));

describe("comments and pages", () => {
  it("point to no file that is not in the repository", () => {
    const dangling = [...pages, ...comments].flatMap(({ file, text }) =>
      citedFiles(text)
        .filter((cited) => !isThere(cited, file))
        .map((cited) => `${file} names ${cited}`),
    );
    expect(dangling).toEqual([]);
  });

  it("are searched for notes and for files of the repository's own folders", () => {
    const text = "Sources: facts/azure.md §2.4, notes.txt, [here](../docs/x.md); src/y.ts. See `test/z.test.ts`";
    expect(citedFiles(text)).toEqual(["facts/azure.md", "notes.txt", "../docs/x.md", "src/y.ts", "test/z.test.ts"]);
  });

  it("may point to addresses, to code of others and to names that stand for many", () => {
    const text =
      "https://x.example/docs/a.md github.com/o/r/blob/1/README.md pkg/azure/client.go helm/x/crds.yaml test/**/*.test.ts v1.9.8";
    expect(citedFiles(text)).toEqual([]);
  });

  it("are looked for beside the file that names them, and never outside of the repository", () => {
    expect(isThere("alerts.md", "docs/local-azure.md")).toBe(true);
    expect(isThere("alerts.md", "README.md")).toBe(false);
    expect(isThere("../../etc/hosts", "docs/local-azure.md")).toBe(false);
  });
});
