import { describe, expect, it } from "vitest";
import { claimGroups, type GroupClaim, noGroupClaims, releaseGroups } from "../../src/domain/groupClaims.ts";

const claim = (ticketNumber: string, environment: string, ...groups: readonly string[]): GroupClaim => ({
  operation: { ticketNumber, attempt: 1 },
  environment,
  groups,
});
const first = claim("CHG1", "seed", "nets", "gateways", "clusters");

describe("claims on resource groups", () => {
  const [held] = claimGroups(noGroupClaims, first);

  it("are granted to two environments that share nothing", () => {
    expect(claimGroups(held, claim("CHG2", "other", "a", "b", "c"))[1]).toEqual({ kind: "granted" });
  });

  it("are refused as a whole when one group is another environment's, whatever its case", () => {
    const answer = claimGroups(held, claim("CHG2", "other", "a", "NETS", "c"));
    expect(answer).toEqual([held, { kind: "held", by: first, group: "nets" }]);
  });

  it("do not count twice", () => {
    expect(claimGroups(held, first)).toEqual([held, { kind: "granted" }]);
  });

  it("of the same environment are leftovers and make room", () => {
    const second = claim("CHG2", "seed", "nets", "gateways", "clusters");
    expect(claimGroups(held, second)).toEqual([{ claims: [second] }, { kind: "granted" }]);
  });

  it("end with their operation, and with no other", () => {
    expect(releaseGroups(held, { ticketNumber: "CHG1", attempt: 2 })).toEqual(held);
    expect(releaseGroups(held, first.operation)).toEqual(noGroupClaims);
  });
});
