import { acted, type CaseAction } from "../../../src/domain/deniedEgress/caseActions.ts";
import { caseById } from "../../../src/domain/deniedEgress/caseView.ts";
import { flow } from "./egressWorld.ts";
import { WatchRun } from "./watchRun.ts";

export const events = (alerts: readonly { readonly event: string; readonly title: string }[]): readonly string[] =>
  alerts.map(({ event, title }) => `${event}: ${title}`);

export const QUAY = "secureaks1 may not reach quay.io:443 (HTTPS)";
export const DAY = 24 * 60;

/** The only case there is, told of at minute 5. */
export function oneCase() {
  const run = new WatchRun().add(flow(1));
  const [opened] = run.pass(5);
  if (opened === undefined) throw new Error("A case has been opened.");
  const act = (action: Omit<CaseAction, "id" | "by">) => {
    const [book, outcome] = acted(run.state.book, { id: opened.subject, by: "on-call", ...action });
    run.state = { ...run.state, book };
    return outcome;
  };
  const now = () => caseById(run.state, opened.subject);
  return { run, opened, act, now };
}
