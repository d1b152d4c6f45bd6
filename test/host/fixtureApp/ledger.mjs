import { appendFileSync } from "node:fs";

/**
 * What the activities of the fixture app did, in order. It stands on globalThis, so that a test in the same process
 * sees it, and in the file that FIXTURE_LEDGER names, so that it survives a kill.
 */
export const ledger = [];
globalThis.fixtureLedger = ledger;

export function note(entry) {
  ledger.push(entry);
  if (process.env.FIXTURE_LEDGER) appendFileSync(process.env.FIXTURE_LEDGER, `${entry}\n`);
}
