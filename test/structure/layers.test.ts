import path from "node:path";
import { describe, expect, it } from "vitest";
import { layerMistakes, layers } from "./layers.ts";
import { parseSource, sources } from "./sources.ts";

describe("the layers", () => {
  it("hold: nobody imports what its layer must not know", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap(layerMistakes)).toEqual([]);
  });

  it("see what a file imports, in every form", () => {
    const file = "src/domain/step.ts";
    const text = [
      'import { readFileSync } from "node:fs";',
      'import { loadConfig } from "../config.ts";',
      'import type { Config } from "../config.ts";',
      'export { armClient } from "../azure/armClient.ts";',
      'export type * from "../contracts/ticket.ts";',
      'const later = await import("../../local/clock.ts");',
      'import "@azure/arm-network";',
      'import { plan } from "./plan.ts";',
    ].join("\n");
    const { imports } = parseSource(file, text);
    expect(layerMistakes({ file, imports }).map((mistake) => mistake.split(" imports ")[0])).toEqual([
      `${file}:1`,
      `${file}:2`,
      `${file}:3`,
      `${file}:7`,
      `${file}:4`,
      `${file}:5`,
      `${file}:6`,
    ]);
  });

  it("let a layer see the types of a layer that it must not call", () => {
    const check = (statement: string): string[] => {
      const file = "src/orchestrators/operation.ts";
      return layerMistakes({ file, ...parseSource(file, statement) });
    };
    expect(check('import type { Activities } from "../activities/activityTypes.ts";')).toEqual([]);
    expect(check('import { type Activities } from "../activities/activityTypes.ts";')).toEqual([]);
    expect(check('import { advanceStep } from "../activities/advanceStep.ts";')).toHaveLength(1);
  });

  it("keep the stand-ins and the product apart in both directions", () => {
    const cross = (file: string, target: string): string[] =>
      layerMistakes({ file, ...parseSource(file, `import { x } from "${target}";`) });
    for (const { folder } of layers.filter((layer) => layer.folder.startsWith("src/"))) {
      const file = folder.endsWith(".ts") ? folder : `${folder}/x.ts`;
      const up = path.posix.relative(path.posix.dirname(file), "");
      expect(cross(file, `${up}/local/clock.ts`), file).toHaveLength(1);
    }
    expect(cross("local/azure/x.ts", "../../src/domain/step.ts")).toHaveLength(1);
    expect(cross("local/azure/x.ts", "../host/host.ts")).toHaveLength(1);
    expect(cross("local/host/x.ts", "../azure/localAzure.ts")).toHaveLength(1);
  });

  it("know every folder", () => {
    expect(layerMistakes({ file: "src/surprise/x.ts", imports: [] })).toHaveLength(1);
  });
});
