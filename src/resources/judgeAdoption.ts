/** What all that was read of adopted resources comes to. */
import {
  type AdoptionSurvey,
  type FirewallFacts,
  type GatewayFacts,
  type SurveyInput,
  withFound,
} from "../domain/adoptionSurvey.ts";
import { sameId } from "../domain/armId.ts";
import { environmentMistakes } from "../domain/environmentMistakes.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { judgePeerings, type PeeringSide } from "./adoptedPeerings.ts";

/** What one of the two came to: findings, and when it could be read as a whole, its facts and its network. */
export interface JudgedPart<Facts> {
  readonly findings: readonly string[];
  readonly facts?: Facts | undefined;
  readonly virtualNetwork?: JsonObject;
}

interface JudgedParts {
  readonly firewall: JudgedPart<FirewallFacts>;
  readonly gateway: JudgedPart<GatewayFacts>;
}

/** The environment with what was found, or everything that is in the way; `unread` says what could not be read. */
export function judgeAdoption(
  { spec, hasWorkedThere }: SurveyInput,
  unread: readonly string[],
  { firewall, gateway }: JudgedParts,
): Exclude<AdoptionSurvey, { readonly kind: "notNow" }> {
  const findings = [...unread, ...firewall.findings, ...gateway.findings];
  const isWhole =
    (spec.adopt?.firewall === undefined || firewall.facts !== undefined) &&
    (spec.adopt?.gateway === undefined || gateway.facts !== undefined);
  if (!isWhole) return { kind: "refused", failure: refusal(findings) };
  const facts = { firewall: firewall.facts, gateway: gateway.facts };
  const found = withFound(spec, { ...facts, arePeered: false });
  if (sameId(ids.hub(found), ids.spoke(found))) {
    const both = `The gateway stands in ${found.hub.name}, the hub itself; clusters behind it would not be apart from the firewall.`;
    return { kind: "refused", failure: refusal([...findings, both]) };
  }
  const peerings = judgePeerings(sidesOf(found, { firewall, gateway }), hasWorkedThere);
  const mistakes = environmentMistakes(found).map(({ message }) => message);
  const all = [...findings, ...peerings.findings, ...mistakes];
  if (all.length > 0) return { kind: "refused", failure: refusal(all) };
  return { kind: "found", spec: withFound(spec, { ...facts, arePeered: peerings.arePeered }) };
}

/** Hub and spoke as far as they are adopted. */
function sidesOf(found: EnvironmentSpec, { firewall, gateway }: JudgedParts): readonly PeeringSide[] {
  const hub = { id: ids.hub(found), prefixes: found.hub.addressPrefixes, peeringName: found.hub.peeringName };
  const spoke = { id: ids.spoke(found), prefixes: found.spoke.addressPrefixes, peeringName: found.spoke.peeringName };
  const side = (virtualNetwork: JsonObject | undefined, own: typeof hub, remote: typeof hub): readonly PeeringSide[] =>
    virtualNetwork === undefined
      ? []
      : [
          {
            virtualNetwork,
            virtualNetworkId: own.id,
            peeringName: own.peeringName,
            remoteId: remote.id,
            remotePrefixes: remote.prefixes,
          },
        ];
  return [...side(firewall.virtualNetwork, hub, spoke), ...side(gateway.virtualNetwork, spoke, hub)];
}

function refusal(findings: readonly string[]): Failure {
  return {
    code: "AdoptionNotPossible",
    message: findings.join(" "),
    advice: "Nothing was written. Have this put right, or change the ticket; then retry, or send a new one.",
  };
}
