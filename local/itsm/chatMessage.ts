/** Teams takes messages of so many bytes. Source: learn.microsoft.com/microsoftteams/limits-specifications-teams, read 2026-11. */
const MESSAGE_BYTES_MAX = 28_672;

type Fields = Readonly<Record<string, unknown>>;

/** Why a chat would not show the message: neither what a Teams workflow takes, nor what Slack does. */
export function messageMistake(body: string): string | undefined {
  if (Buffer.byteLength(body) > MESSAGE_BYTES_MAX) return "The message is too large.";
  const message = parse(body);
  if (message === undefined) return "The message is no JSON object.";
  return message.type === "message" ? teamsMistake(message) : slackMistake(message);
}

function parse(body: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function teamsMistake({ attachments }: Fields): string | undefined {
  const [first] = (Array.isArray(attachments) ? attachments : []) as readonly Fields[];
  if (first?.contentType !== "application/vnd.microsoft.card.adaptive") return "attachments[0] is no adaptive card.";
  const { type, version, body } = (first.content ?? {}) as Fields;
  const isCard = type === "AdaptiveCard" && typeof version === "string" && Array.isArray(body) && body.length > 0;
  return isCard ? undefined : "attachments[0].content is no AdaptiveCard with a version and a body.";
}

/** Source: api.slack.com/messaging/webhooks ("invalid_payload", "no_text"), read 2026-11. */
function slackMistake({ text, blocks }: Fields): string | undefined {
  if (typeof text !== "string" || text === "") return "no_text";
  return blocks === undefined || (Array.isArray(blocks) && blocks.length <= 50) ? undefined : "invalid_blocks";
}
