import { describe, expect, it } from "vitest";
import type { Alert } from "../../../src/domain/alerts/alert.ts";
import { alertCard } from "../../../src/domain/alerts/alertCard.ts";
import { alertEvent } from "../../../src/domain/alerts/alertEvent.ts";
import { boundedAlert } from "../../../src/domain/alerts/boundedAlert.ts";
import { incidentStep, type KnownIncident } from "../../../src/domain/alerts/incident.ts";
import { routeAlerts } from "../../../src/domain/alerts/routeAlerts.ts";
import { deliveryOf } from "../../../src/domain/alerts/sink.ts";
import { webhookBody } from "../../../src/domain/alerts/webhookBody.ts";
import { retryAfterSecondsOf } from "../../../src/domain/retryAfter.ts";
import { sampleAlert } from "./sampleAlert.ts";

/** What somebody who can open a connection may put into a name. */
const EVIL = 'x"}]},\n<!channel> [click](https://evil.example) *b* [code]<b>\u202Etxt.exe\u0007\u2028';

const evil = boundedAlert(
  sampleAlert({ title: `secureaks1 may not reach ${EVIL}`, facts: [{ name: "Destination", value: EVIL }], text: EVIL }),
);

describe("boundedAlert", () => {
  it("leaves no character that cannot be seen or that turns the line, and no long text", () => {
    expect(evil.title).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(evil.text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    const long = boundedAlert(sampleAlert({ title: "😀".repeat(500), text: "a".repeat(99_999) }));
    expect(long.title.length).toBeLessThanOrEqual(160);
    expect(long.title.isWellFormed()).toBe(true);
    expect(long.text).toHaveLength(4000);
    expect(boundedAlert(long)).toEqual(long);
    expect(boundedAlert(sampleAlert({ rule: { json: "{}", bicep: "x".repeat(9000) } })).rule).toBeUndefined();
  });
});

describe("webhookBody", () => {
  it("is ASCII and says the same when it is read", () => {
    const body = webhookBody(sampleAlert({ title: "Größe 😀 ≥ 5", resourceId: "/subscriptions/x" }));
    expect(body).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(body)).toMatchObject({ version: 1, title: "Größe 😀 ≥ 5", id: "prod-0a1b2c3d4e5f-1:1" });
  });

  it("has every field at all times", () => {
    const { rule: _, cluster: __, ...bare } = sampleAlert();
    expect(Object.keys(JSON.parse(webhookBody(bare)))).toEqual(Object.keys(JSON.parse(webhookBody(sampleAlert()))));
  });
});

describe("alertCard", () => {
  it("shows names from the log as they are, in runs that no Markdown is read in", () => {
    const text = JSON.stringify(alertCard(evil, "teams"));
    const types = [...text.matchAll(/"type":"(\w+)"/g)].map(([, type]) => type);
    expect(new Set(types)).toEqual(new Set(["message", "AdaptiveCard", "RichTextBlock", "TextRun"]));
    expect(JSON.parse(text)).toMatchObject({
      attachments: [{ contentType: "application/vnd.microsoft.card.adaptive" }],
    });
    expect(Buffer.byteLength(text)).toBeLessThan(28_000);
  });

  it("gives Slack plain text only, and escapes what a notification would read", () => {
    const message = alertCard(evil, "slack") as { text: string; blocks: readonly { text: { type: string } }[] };
    expect(message.text).not.toMatch(/[<>]/);
    expect(message.blocks.every(({ text }) => text.type === "plain_text")).toBe(true);
  });
});

describe("a message in a chat", () => {
  const shown = (parts: Partial<Alert>, style: "teams" | "slack"): string =>
    JSON.stringify(alertCard(sampleAlert(parts), style));

  it("says what has happened, in a colour of its own", () => {
    for (const style of ["teams", "slack"] as const)
      expect(
        (["opened", "updated", "closed"] as const).map(
          (event) => /Opened|Still going on|Closed/.exec(shown({ event }, style))?.[0],
        ),
      ).toEqual(["Opened", "Still going on", "Closed"]);
    const colour = (parts: Partial<Alert>) => /"color":"(\w+)"/.exec(shown(parts, "teams"))?.[1];
    expect([colour({}), colour({ severity: "medium" }), colour({ event: "closed" })]).toEqual([
      "Attention",
      "Warning",
      "Good",
    ]);
  });

  it("stays within what a chat takes: a rule that is too long is left out, Slack's texts are cut", () => {
    const rule = (length: number) => ({ rule: { json: "{}", bicep: "x".repeat(length) } });
    expect(shown(rule(6_000), "teams")).toContain("not applied");
    expect(shown(rule(6_001), "teams")).not.toContain("not applied");
    const message = alertCard(sampleAlert({ text: "y".repeat(4_000), ...rule(5_000) }), "slack") as {
      readonly blocks: readonly { readonly text: { readonly text: string } }[];
    };
    expect(Math.max(...message.blocks.map(({ text }) => text.text.length))).toBe(3_000);
  });
});

describe("alertEvent", () => {
  it("names thing, happening and place, and has the alert's id", () => {
    expect(alertEvent(sampleAlert({ event: "closed" }))).toMatchObject({
      id: "prod-0a1b2c3d4e5f-1:1",
      source: "/portcullis/environments/prod",
      type: "Portcullis.Egress.CaseClosed",
      subject: "prod-0a1b2c3d4e5f-1",
    });
  });
});

describe("incidentStep", () => {
  const known = (state: string, revision: number): KnownIncident => ({
    sys_id: "0".repeat(32),
    number: "INC0010001",
    state,
    correlation_display: `Portcullis revision ${revision}`,
  });
  const step = (event: Alert["event"], revision: number, incident?: KnownIncident) =>
    incidentStep(sampleAlert({ event, revision }), incident, "Solution provided");

  it.each([
    ["opens with nothing there", step("opened", 1), "create"],
    ["opens again what it has opened, its answer lost", step("opened", 1, known("1", 1)), "none"],
    ["opens again what somebody has resolved meanwhile", step("opened", 1, known("6", 1)), "none"],
    ["opens what was over before", step("opened", 5, known("7", 4)), "create"],
    ["updates", step("updated", 2, known("2", 1)), "change"],
    ["repeats an update", step("updated", 2, known("2", 2)), "none"],
    ["updates what nobody knows any more", step("updated", 2), "create"],
    ["updates what somebody has closed", step("updated", 2, known("7", 1)), "none"],
    ["closes", step("closed", 3, known("2", 2)), "change"],
    ["closes what nobody knows any more", step("closed", 3), "none"],
    ["closes again, its answer lost", step("closed", 3, known("6", 3)), "none"],
    ["opens where somebody has overwritten the mark", step("opened", 1, known("2", 0)), "change"],
    ["updates what somebody has cancelled", step("updated", 2, known("8", 1)), "none"],
  ])("%s", (_, { kind }, expected) => {
    expect(kind).toBe(expected);
  });

  it("adds a note to what somebody has resolved, and leaves it resolved", () => {
    const { fields } = step("closed", 3, known("6", 2)) as { fields: Readonly<Record<string, string>> };
    expect(Object.keys(fields).sort()).toEqual(["correlation_display", "work_notes"]);
  });

  it("weighs by severity, and again when that has changed", () => {
    const weights = (["critical", "high", "medium", "low"] as const).map((severity) => {
      const { fields } = incidentStep(sampleAlert({ severity }), undefined, "x") as never as {
        fields: Readonly<Record<string, string>>;
      };
      return `${fields.impact}/${fields.urgency}`;
    });
    expect(weights).toEqual(["1/1", "2/1", "2/2", "3/3"]);
    const update = sampleAlert({ event: "updated", revision: 2, severity: "critical" });
    expect(incidentStep(update, known("2", 1), "x")).toMatchObject({
      fields: { impact: "1", urgency: "1", correlation_display: "Portcullis revision 2" },
    });
  });

  it("holds the subject by which it is found, and the rule that is proposed", () => {
    expect(step("opened", 1)).toMatchObject({
      fields: {
        correlation_id: "prod-0a1b2c3d4e5f-1",
        correlation_display: "Portcullis revision 1",
        description: expect.stringContaining("resource quay 'x@y'"),
      },
    });
  });

  it("writes nothing that the journal would render", () => {
    const { fields } = incidentStep(evil, undefined, "x") as { fields: Readonly<Record<string, string>> };
    expect(fields.description).not.toContain("[code]");
  });
});

describe("routeAlerts", () => {
  const finding = {
    code: "NodeWithoutRoute",
    cluster: "secureaks1",
    subject: "node-1",
    sentence: "No route.",
    advice: "Look.",
    since: "2026-11-02T08:00:00.000Z",
    isOpen: true,
    openedAt: "2026-11-02T08:10:00.000Z",
  } as const;

  it("closes the very subject that it has opened, and opens another when the finding comes back", () => {
    const [opened] = routeAlerts("prod", { opened: [finding], closed: [] }, "2026-11-02T08:10:00.000Z");
    const [closed] = routeAlerts("prod", { opened: [], closed: [finding] }, "2026-11-02T09:00:00.000Z");
    expect(closed).toMatchObject({ subject: opened?.subject, revision: 2, event: "closed" });
    const older = routeAlerts("prod", { opened: [], closed: [{ ...finding, since: "2026-11-02T07:59:00.000Z" }] }, "");
    expect(older[0]?.subject).toBe(opened?.subject);
    const later = { ...finding, openedAt: "2026-11-03T08:00:00.000Z" };
    const [again] = routeAlerts("prod", { opened: [later], closed: [] }, "2026-11-03T08:10:00.000Z");
    expect(again?.subject).not.toBe(opened?.subject);
  });
});

describe("deliveryOf", () => {
  it.each([
    [200, "delivered"],
    [202, "delivered"],
    [302, "again"],
    [400, "refused"],
    [401, "again"],
    [403, "again"],
    [404, "again"],
    [408, "again"],
    [413, "refused"],
    [422, "refused"],
    [429, "again"],
    [500, "again"],
    [503, "again"],
  ])("takes %i for %s", (status, kind) => {
    expect(deliveryOf({ kind: "answer", status, text: "" }).kind).toBe(kind);
  });

  it("understands Retry-After in seconds and as a date, and is kept waiting for an hour at most", () => {
    const now = Date.parse("2026-11-02T08:00:00Z");
    expect(retryAfterSecondsOf("120", now)).toBe(120);
    expect(retryAfterSecondsOf("Mon, 02 Nov 2026 08:05:00 GMT", now)).toBe(300);
    expect(retryAfterSecondsOf("999999", now)).toBe(3600);
    expect(["soon", "", null].map((header) => retryAfterSecondsOf(header, now))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
