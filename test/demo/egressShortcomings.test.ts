import { describe, expect, it } from "vitest";
import type { EgressLook, HookedAlert, TryLook } from "../../demo/egressLook.ts";
import { egressShortcomings } from "../../demo/egressShortcomings.ts";
import { egressTries } from "../../demo/egressTries.ts";
import { egressCase } from "../../src/contracts/egressCase.ts";

const AT = "2026-11-02T08:00:00.000Z";
const writes = { inAzure: 1, byOperator: 1 };

const asItMust: readonly TryLook[] = egressTries.map((each): TryLook => {
  const answered = { state: "answered", text: "HTTP 200", hasEnded: true } as const;
  if (each.isAllowed) return { each, pod: answered };
  return {
    each,
    pod: each.isPull ? answered : { state: "refused", text: "curl: (35) reset", hasEnded: true },
    logged: { rowCount: 3, firstAt: AT, delaySeconds: 200 },
    found: caseOf(each.name, each.isPull),
    incident: { number: "INC0010001", isResolved: true, title: "", description: "", notes: [] },
  };
});
const told: readonly HookedAlert[] = asItMust.flatMap(({ found }) =>
  found === undefined ? [] : [alertOf(found.id, "opened", 1), alertOf(found.id, "closed", 2)],
);
const look: EgressLook = { atEpochMs: Date.parse(AT), tries: asItMust, alerts: told };
const refused = asItMust.map((now) =>
  now.each.isAllowed ? now : { ...now, pod: { state: "refused", text: "", hasEnded: true } as const },
);

function caseOf(name: string, isPull: boolean) {
  return egressCase.parse({
    id: `case-${name}`,
    title: name,
    environment: "seed",
    cluster: "secureaks1",
    fingerprint: name,
    occurrence: 1,
    destination: { kind: "fqdn", name },
    protocol: "HTTPS",
    reason: "default",
    rule: "",
    class: "application",
    severity: "low",
    because: "",
    state: "closed",
    count: 3,
    firstAt: AT,
    lastAt: AT,
    openedAt: AT,
    sources: [],
    sourceCount: 0,
    revision: 2,
    history: [],
    ...(isPull
      ? {
          proposal: {
            summary: "",
            json: "{}",
            bicep: "",
            replay: { seenCount: 3, allowedCount: 3, newlyOpened: [] },
            cautions: [],
          },
        }
      : {}),
  });
}

function alertOf(subject: string, event: HookedAlert["event"], revision: number): HookedAlert {
  return { id: `${subject}:${revision}`, subject, event, title: subject, severity: "low", count: 3 };
}

/** The look with something else about the image that is pulled. */
const withImage = (change: Partial<TryLook>): EgressLook => ({
  ...look,
  tries: asItMust.map((now) => (now.each.isPull ? { ...now, ...change } : now)),
});
const image = asItMust.find(({ each }) => each.isPull)?.found;

describe("egressShortcomings", () => {
  it("are none when everything was seen", () => {
    expect(egressShortcomings(look, refused, writes)).toEqual([]);
  });

  it.each<readonly [string, EgressLook]>([
    ["4 rows in the log, and 3 counted", withImage({ logged: { rowCount: 4, firstAt: AT, delaySeconds: 1 } })],
    ["the pod still waits", withImage({ pod: { state: "waiting", text: "ImagePullBackOff", hasEnded: false } })],
    [
      "no resolved incident",
      withImage({ incident: { number: "INC1", isResolved: false, title: "", description: "", notes: [] } }),
    ],
    [
      "2 alerts at the webhook say that it was opened",
      { ...look, alerts: [...told, alertOf("case-image", "opened", 3)] },
    ],
    ["an alert came twice", { ...look, alerts: [...told, alertOf("case-image", "updated", 2)] }],
    [
      "0 alerts at the webhook say that it was closed",
      { ...look, alerts: told.filter(({ id }) => id !== "case-image:2") },
    ],
    ["Nobody tried this", { ...look, alerts: [...told, alertOf("other", "opened", 1)] }],
    ["the case is not closed", withImage(image === undefined ? {} : { found: { ...image, state: "open" } })],
  ])("names what was not as it must be: %s", (words, seen) => {
    expect(egressShortcomings(seen, refused, writes).join("\n")).toContain(words);
  });

  it("name a target that was not refused, and rules that somebody else has written", () => {
    const found = egressShortcomings(look, asItMust, { inAzure: 2, byOperator: 1 });
    expect(found).toEqual([
      "quay.io:443 was not refused.",
      "The firewall's rules were written 2 times, and 1 of these by the operator.",
    ]);
  });
});
