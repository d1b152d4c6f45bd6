/** How a dry run reads: against an ARM that says what it is told to, and a clock that only the pauses move. */
import { describe, expect, it } from "vitest";
import { readDocuments } from "../../src/activities/readDocuments.ts";
import { type ArmAnswer, NoAnswerError } from "../../src/azure/armClient.ts";

type Answer = { readonly status: number; readonly retryAfterSeconds?: number; readonly seconds?: number } | "reset";

/** Each document has its answers, one after the other; the last one stays. */
function doorsThat(answers: Readonly<Record<string, readonly Answer[]>>) {
  let nowSeconds = 0;
  let under = 0;
  const seen = { asked: [] as string[], pauses: [] as number[], atOnceMax: 0 };
  const doors = {
    elapsedSeconds: () => nowSeconds,
    pause: async (seconds: number) => {
      seen.pauses.push(seconds);
      nowSeconds += seconds;
    },
    arm: {
      async get(id: string): Promise<ArmAnswer> {
        const turn = seen.asked.filter((each) => each === id).length;
        seen.asked.push(id);
        under += 1;
        seen.atOnceMax = Math.max(seen.atOnceMax, under);
        await new Promise(setImmediate);
        under -= 1;
        const known = answers[id] ?? [];
        const answer = known[Math.min(turn, known.length - 1)] ?? { status: 200 };
        if (answer === "reset") throw new NoAnswerError(`GET ${id}: socket hang up`);
        nowSeconds += answer.seconds ?? 0;
        const { status, retryAfterSeconds } = answer;
        const body = status < 400 ? { id } : { error: { code: `Code${status}`, message: `About ${status}.` } };
        const none = { etag: undefined, operationUrl: undefined, location: undefined, correlationId: undefined };
        return { status, body, retryAfterSeconds, ...none };
      },
    },
  };
  return { doors, seen };
}

async function read(answers: Readonly<Record<string, readonly Answer[]>>) {
  const { doors, seen } = doorsThat(answers);
  const ids = Object.keys(answers);
  const results = await readDocuments(
    doors,
    ids.map((id) => ({ id, apiVersion: "2024-05-01" })),
  );
  return { ...seen, results, kinds: results.map(({ kind }) => kind) };
}

describe("readDocuments", () => {
  it("gives a result for each document in their order, and has eight under way at most", async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `/r${index}`);
    const { results, atOnceMax, asked } = await read(Object.fromEntries(ids.map((id) => [id, []])));
    expect(results.map((each) => (each.kind === "found" ? each.body.id : undefined))).toEqual(ids);
    expect(asked).toEqual(ids);
    expect(atOnceMax).toBe(8);
  });

  it.each<readonly [string, readonly Answer[], string, readonly number[]]>([
    ["reads again when Azure says so", [{ status: 429, retryAfterSeconds: 7 }, { status: 200 }], "found", [7]],
    ["reads again and again after a fault, at a growing pause", [{ status: 503 }], "refused", [1, 2, 3, 4, 5]],
    ["reads again after a broken connection", ["reset", "reset", { status: 200 }], "found", [1, 2]],
    [
      "does not read again what Azure puts off for longer than anybody waits",
      [{ status: 429, retryAfterSeconds: 60 }],
      "refused",
      [],
    ],
    ["does not read again what does not pass by waiting", [{ status: 403 }], "refused", []],
    ["takes for an answer that something is not there", [{ status: 404 }], "missing", []],
  ])("%s", async (_, answers, kind, pauses) => {
    const seen = await read({ "/r": answers });
    expect(seen.kinds).toEqual([kind]);
    expect(seen.pauses).toEqual(pauses);
  });

  it("keeps Azure's words, or says that none came", async () => {
    const { results } = await read({ "/denied": [{ status: 403 }], "/silent": ["reset"] });
    expect(results).toMatchObject([
      { failure: { code: "Code403", message: "About 403.", status: 403, resourceId: "/denied" } },
      { failure: { code: "NoAnswer", message: "GET /silent: socket hang up", resourceId: "/silent" } },
    ]);
  });

  it("asks for nothing more when Azure hung for too long on what came before", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `/r${index}`);
    const { kinds, asked, results } = await read(
      Object.fromEntries(ids.map((id) => [id, [{ status: 200, seconds: 30 }]])),
    );
    expect(asked).toHaveLength(8);
    expect(kinds.filter((kind) => kind === "refused")).toHaveLength(12);
    expect(results.at(-1)).toMatchObject({ failure: { code: "NotAsked", resourceId: "/r19" } });
  });
});
