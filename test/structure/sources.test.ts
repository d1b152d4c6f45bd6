import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseSource, sources } from "./sources.ts";

const LONGEST_FUNCTION_LINES = 60;

const product = sources.filter(({ file }) => !file.startsWith("test/"));

describe("files", () => {
  it("are named in camelCase after what is in them", () => {
    const badNames = sources.filter(
      ({ file }) => !/^[a-z][a-zA-Z0-9]*(\.test|\.config)?\.ts$/.test(path.posix.basename(file)),
    );
    const emptyNames = sources.filter(({ file }) =>
      /^(utils?|helpers?|common|types?|index|misc|shared)\b/i.test(path.posix.basename(file)),
    );
    expect([...badNames, ...emptyNames].map(({ file }) => file)).toEqual([]);
  });
});

describe("functions", () => {
  it(`have at most ${LONGEST_FUNCTION_LINES} lines`, () => {
    const long = product.flatMap(({ file, functions }) =>
      functions
        .filter(({ lineCount }) => lineCount > LONGEST_FUNCTION_LINES)
        .map(({ name, line, lineCount }) => `${file}:${line} ${name} has ${lineCount} lines`),
    );
    expect(long).toEqual([]);
  });

  it("are measured in every form", () => {
    const text = "function a() {\n}\nconst b = () => {\n\n};\nclass C {\n  d() {\n    return () => 1;\n  }\n}\n";
    expect(parseSource("src/x.ts", text).functions).toEqual([
      { name: "a", line: 1, lineCount: 2 },
      { name: "b", line: 3, lineCount: 3 },
      { name: "d", line: 7, lineCount: 3 },
      { name: "d", line: 8, lineCount: 1 },
    ]);
  });
});

describe("the app", () => {
  it("does not know whether it runs on one machine or in Azure", () => {
    const suspicious = sources
      .filter(({ file }) => file.startsWith("src/"))
      .flatMap(({ file, text }) =>
        text
          .split("\n")
          .map((line, index) => ({ line, place: `${file}:${index + 1}` }))
          .filter(
            ({ line }) =>
              /\b(is|if\s*\(\s*!?)(local|simulat|stand[- ]?in|emulat)/i.test(line) ||
              /AZURE_FUNCTIONS_ENVIRONMENT/.test(line),
          )
          .map(({ place }) => place),
      );
    expect(suspicious).toEqual([]);
  });
});
