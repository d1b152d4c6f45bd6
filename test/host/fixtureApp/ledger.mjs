import { appendFileSync } from "node:fs";

/**
 * What the activities of the fixture app did, in order. It stands on globalThis, so that a test in the same process
 * sees it, and in the file that FIXTURE_LEDGER names, so that it survives a kill.
 */
globalThis.fixtureLedger ??= [];

export function note(entry) {
  globalThis.fixtureLedger.push(entry);
  if (process.env.FIXTURE_LEDGER) appendFileSync(process.env.FIXTURE_LEDGER, `${entry}\n`);
}
