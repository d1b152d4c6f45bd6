import { createHash } from "node:crypto";
import { type Ticket, ticketFingerprint } from "../contracts/ticket.ts";

/** A digest of what a ticket asks for: the same for the same content, whatever the order of its fields. */
export function fingerprintOf(ticket: Ticket): string {
  return textDigest(ticketFingerprint(ticket));
}

/** 64 hexadecimal digits that differ wherever the texts do. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
