/**
 * An alert as a message in a chat. Names from the log are data here, too: Teams gets runs of text, in which no Markdown is
 * read, and Slack blocks of the type plain_text.
 * Source: adaptivecards.io/explorer/TextRun.html ("no markdown") and api.slack.com/reference/block-kit/composition-objects, read 2026-11.
 */
import type { Severity } from "../deniedEgress/egressCase.ts";
import type { Alert } from "./alert.ts";

export const cardStyles = ["teams", "slack"] as const;

export type CardStyle = (typeof cardStyles)[number];

export function alertCard(alert: Alert, style: CardStyle): object {
  return style === "teams" ? teamsMessage(alert) : slackMessage(alert);
}

const happenings = { opened: "Opened", updated: "Still going on", closed: "Closed" } as const;

/** Colours of Adaptive Cards. */
const colours: Readonly<Record<Severity, string>> = {
  critical: "Attention",
  high: "Attention",
  medium: "Warning",
  low: "Accent",
};

/** Teams takes 28 kB; the rule is the only long part. Source: learn.microsoft.com/microsoftteams/limits-specifications-teams, read 2026-11. */
const RULE_LENGTH_MAX = 6_000;

/** What a Teams workflow with the trigger "When a Teams webhook request is received" takes. */
function teamsMessage(alert: Alert): object {
  const colour = alert.event === "closed" ? "Good" : colours[alert.severity];
  const rule = ruleOf(alert);
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    body: [
      richText([{ text: alert.title, weight: "Bolder", size: "Medium", color: colour }]),
      richText([{ text: `${happenings[alert.event]} · ${alert.severity}`, isSubtle: true }]),
      ...alert.text.split("\n").map((text) => richText([{ text }])),
      ...alert.facts.map(({ name, value }) => richText([{ text: `${name}: `, weight: "Bolder" }, { text: value }])),
      ...rule.split("\n").flatMap((text) => (text === "" ? [] : [richText([{ text, fontType: "Monospace" }])])),
    ],
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
}

function richText(runs: readonly Readonly<Record<string, string | boolean>>[]): object {
  return {
    type: "RichTextBlock",
    spacing: "Small",
    inlines: runs.map((run) => ({ type: "TextRun", ...run })),
  };
}

function ruleOf({ rule }: Alert): string {
  if (rule === undefined || rule.bicep.length > RULE_LENGTH_MAX) return "";
  return `Proposed rule (not applied):\n${rule.bicep}`;
}

/** Characters that Slack takes in a header and in a section's text. Source: api.slack.com/reference/block-kit/blocks, read 2026-11. */
const SLACK_HEADER_MAX = 150;
const SLACK_TEXT_MAX = 3_000;

function slackMessage(alert: Alert): object {
  const facts = alert.facts.map(({ name, value }) => `${name}: ${value}`).join("\n");
  const parts = [`${happenings[alert.event]} · ${alert.severity}`, alert.text, facts, ruleOf(alert)];
  return {
    // What a notification shows; here & < > would be read.
    text: slackEscaped(alert.title),
    mrkdwn: false,
    blocks: [
      { type: "header", text: slackPlain(alert.title, SLACK_HEADER_MAX) },
      ...parts
        .filter((part) => part !== "")
        .map((part) => ({ type: "section", text: slackPlain(part, SLACK_TEXT_MAX) })),
    ],
  };
}

function slackPlain(text: string, lengthMax: number): object {
  return { type: "plain_text", text: text.slice(0, lengthMax), emoji: false };
}

function slackEscaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
