import { describe, expect, it } from "vitest";
import { missingRights } from "../../src/resources/adoptedRights.ts";

const write = "Microsoft.Network/virtualNetworks/subnets/write";

describe("missingRights", () => {
  it.each([
    [["*"], []],
    [["Microsoft.Network/*"], []],
    [["microsoft.network/virtualnetworks/*/WRITE"], []],
    [[write], []],
    [["*/write"], []],
  ])("is nothing with %j", (actions, notActions) => {
    expect(missingRights("The network", [write], [{ actions: [...actions], notActions }])).toEqual([]);
  });

  it.each([
    [["*/read"], []],
    [["Microsoft.Network/virtualNetworks/write"], []],
    [["*"], ["Microsoft.Network/virtualNetworks/subnets/*"]],
    [["Microsoft.Network/virtualNetworks/subnets/writ"], []],
    [["*/subnets/write*write"], []],
    [[], []],
  ])("names the action with %j but for %j", (actions, notActions) => {
    const told = missingRights("The network", [write], [{ actions: [...actions], notActions: [...notActions] }]);
    expect(told.join()).toContain(`it lacks ${write}`);
  });

  it("takes one role's exception for no exception of another's", () => {
    const permissions = [{ actions: ["*"], notActions: [write] }, { actions: [write] }];
    expect(missingRights("The network", [write], permissions)).toEqual([]);
  });
});
