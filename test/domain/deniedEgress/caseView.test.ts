import { describe, expect, it } from "vitest";
import { casesView } from "../../../src/domain/deniedEgress/caseView.ts";
import { egressStatus } from "../../../src/domain/egressStatus.ts";
import { atMinute, flow, START } from "./egressWorld.ts";
import { WatchRun } from "./watchRun.ts";

describe("views", () => {
  it("filter, and show the gravest first and nothing of the watch's own", () => {
    const run = new WatchRun().add(
      flow(1, { sourceAddress: "10.0.6.9", destination: { kind: "fqdn", name: "api.example.com" } }),
      flow(1),
      flow(1, { kind: "threat", destination: { kind: "fqdn", name: "evil.example" } }),
    );
    run.pass(5);
    const titles = (filter: Parameters<typeof casesView>[1]) =>
      casesView(run.state, filter).map(({ destination }) => destination.name);
    expect(titles({})).toEqual(["evil.example", "quay.io", "api.example.com"]);
    expect(titles({ severity: "medium", cluster: "SECUREAKS1" })).toEqual(["evil.example", "quay.io"]);
    expect(titles({ classes: ["application"] })).toEqual(["api.example.com"]);
    expect(titles({ since: atMinute(3) })).toEqual([]);
    expect(Object.keys(casesView(run.state)[1] ?? {})).not.toEqual(expect.arrayContaining(["told", "narrowRule"]));
    expect(casesView(run.state)[1]?.proposal?.summary).toContain("Allow 10.0.5.0/24 to reach quay.io:443 (HTTPS)");
    expect(egressStatus(run.state, START + 10 * 60_000)).toMatchObject({
      readTo: atMinute(3),
      freshnessSeconds: 420,
      openCaseCount: 3,
      counters: { rowCount: 9, passCount: 2 },
    });
  });
});
