import { expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import type { NetworkLab } from "./networkLab.ts";

/** Path, body, answer. Ids in bodies are written as "@virtualNetworks/hub". */
export type RefusalCase = readonly [what: string, path: string, body: JsonObject, answer: string];

/** One test a case: the PUT is answered as written, and the stand-in itself has made no mistake. */
export function refuses(lab: () => NetworkLab, cases: readonly RefusalCase[]): void {
  it.each(cases)("refuses %s", (_what, path, body, answer) => {
    const text = JSON.stringify(body).replace(/"@([^"]+)"/g, (_match, id) => `"${lab().id(id)}"`);
    expect(lab().put(path, JSON.parse(text))).toBe(answer);
    expect(lab().azure.taskFailures).toEqual([]);
  });
}
