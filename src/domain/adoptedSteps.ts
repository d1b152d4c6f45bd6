/**
 * The plan beside something adopted. The steps that would make it look at it instead, under the same ids, so that what
 * waits for them and learns from them stays as it is; what only a gateway of the environment's own needs is left out.
 */
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { expectedSeconds } from "./expectedDurations.ts";
import type { Step } from "./step.ts";

const ofFirewall = ["hubNetwork", "firewallPublicIp", "firewallPolicy", "firewall"];
const ofGateway = ["spokeNetwork", "gatewayPublicIp", "wafPolicy", "gateway"];
const onlyOfOwnGateway = ["gatewaySecurityGroup", "gatewaySubnet", "gatewayRouteTable"];
const peerings = ["hubToSpokePeering", "spokeToHubPeering"];
const rules = ["firewallNetworkRules", "firewallApplicationRules"];

/** The steps as they are for this environment; without an adoption just the same. */
export function besideAdopted(steps: readonly Step[], { adopt }: EnvironmentSpec): readonly Step[] {
  if (adopt === undefined) return steps;
  const { firewall, gateway, found } = adopt;
  const isTunnelled = found?.firewall !== undefined && found.firewall.publicIpId === undefined;
  const dropped = new Set([
    ...(gateway === undefined ? [] : onlyOfOwnGateway),
    ...(found?.arePeered === true ? peerings : []),
    ...(isTunnelled ? ["firewallPublicIp"] : []),
  ]);
  const adopted = [...(firewall === undefined ? [] : ofFirewall), ...(gateway === undefined ? [] : ofGateway)];
  return steps
    .filter(({ id }) => !dropped.has(id))
    .map((step) => {
      const needed = { ...step, needs: step.needs.filter((need) => !dropped.has(need)) };
      if (adopted.includes(step.id)) return lookedAt(needed);
      // Azure carries rules into a firewall that stands, which holds it for minutes.
      const isCarriedIn = firewall !== undefined && rules.includes(step.id);
      return isCarriedIn ? { ...needed, expectedSeconds: expectedSeconds.attachedRuleCollectionGroup } : needed;
    });
}

function lookedAt(step: Step): Step {
  return { ...step, kind: "lookup", title: `${step.title}, adopted`, expectedSeconds: expectedSeconds.adopted };
}
