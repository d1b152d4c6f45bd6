/**
 * What goes out holds names from the firewall's log, and whoever can open a connection can write there. So every text is
 * bounded and made plain before it is kept: no control characters, none that turn the direction of reading or cannot be
 * seen. What is left is for each sink to write in its own way, as data.
 */
import type { Alert } from "./alert.ts";

const TITLE_LENGTH_MAX = 160;
const TEXT_LENGTH_MAX = 4_000;
const FACTS_MAX = 20;
const FACT_NAME_LENGTH_MAX = 60;
const FACT_VALUE_LENGTH_MAX = 400;
/** A rule that is cut off is worse than none. */
const RULE_LENGTH_MAX = 8_000;

/** Of the Unicode categories: control, format (bidirectional marks, zero-width), surrogates that stand alone, line and paragraph separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line, as it can be shown anywhere. */
export function plainLine(text: string, lengthMax: number): string {
  const line = text.replaceAll(/\s+/gu, " ").replaceAll(UNSEEN, "").trim();
  return line.length <= lengthMax ? line : `${cut(line, lengthMax - 1)}…`;
}

/** Several lines. */
function plainText(text: string, lengthMax: number): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => plainLine(line, lengthMax));
  const whole = lines.join("\n").trim();
  return whole.length <= lengthMax ? whole : `${cut(whole, lengthMax - 1)}…`;
}

/** Never half of a character that takes two. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

export function boundedAlert(alert: Alert): Alert {
  const { rule, ...rest } = alert;
  const fits = rule !== undefined && rule.json.length <= RULE_LENGTH_MAX && rule.bicep.length <= RULE_LENGTH_MAX;
  return {
    ...rest,
    title: plainLine(alert.title, TITLE_LENGTH_MAX),
    text: plainText(alert.text, TEXT_LENGTH_MAX),
    facts: alert.facts.slice(0, FACTS_MAX).map(({ name, value }) => ({
      name: plainLine(name, FACT_NAME_LENGTH_MAX),
      value: plainLine(value, FACT_VALUE_LENGTH_MAX),
    })),
    ...(fits ? { rule } : {}),
  };
}
