/**
 * What is looked at before the first write of a ticket: everything whose name the ticket settles. What is in the way of
 * one of them is in the way of all, and a ticket that fails half-way has built the other half for nothing.
 */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { type JsonObject, textAt } from "../domain/json.ts";
import { groupId } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { resourceDefinition } from "./catalog.ts";
import { subnetOf } from "./networkObstacles.ts";

/** Resources as they were found, by the step that they are of or by `nodeGroup`, … ; those that are not there are left out. */
export type Survey = Readonly<Record<string, JsonObject>>;

export interface SurveyRead {
  /** Under which the answer stands in the survey. */
  readonly name: string;
  readonly id: string;
  readonly apiVersion: string;
}

const groupSteps = ["networkGroup", "gatewayGroup", "clusterGroup"];

/** Steps whose resources are named by the ticket alone, and carry the environment's tag. */
const namedSteps: ReadonlySet<string> = new Set([
  "hubNetwork",
  "spokeNetwork",
  "clusterRouteTable",
  "firewallPublicIp",
  "firewallWorkspace",
  "firewallPolicy",
  "firewall",
  "gatewaySecurityGroup",
  "gatewayRouteTable",
  "gatewayPublicIp",
  "wafPolicy",
  "gateway",
  "agicIdentity",
  "clusterIdentity",
  "clusterWorkspace",
  "cluster",
  "dataCollectionRule",
]);

/** Looked at whether they are written or not: what is new must fit into them. */
const surroundings = ["hubNetwork", "spokeNetwork", "gateway", "cluster"];

/** The groups: what would be in one that is not there need not be asked for. */
export function groupReads(spec: EnvironmentSpec): readonly SurveyRead[] {
  const nodeGroup = { id: groupId(spec, spec.cluster.nodeGroupName), apiVersion: apiVersions.resourceGroups };
  return [...groupSteps.map((step) => readOf(step, spec)), { ...nodeGroup, name: "nodeGroup" }];
}

/** What the steps would make, as far as its group is there. */
export function resourceReads(spec: EnvironmentSpec, steps: readonly string[], groups: Survey): readonly SurveyRead[] {
  const existing = groupSteps
    .filter((step) => groups[step] !== undefined)
    .map((step) => `${readOf(step, spec).id.toLowerCase()}/`);
  const wanted = new Set([...surroundings, ...steps.filter((step) => namedSteps.has(step))]);
  return [...wanted]
    .map((step) => readOf(step, spec))
    .filter(({ id }) => existing.some((group) => id.toLowerCase().startsWith(group)));
}

/** The route tables that hang on the two subnets, whosesoever they are. */
export function tableReads(spec: EnvironmentSpec, { spokeNetwork }: Survey): readonly SurveyRead[] {
  const subnets = [
    ["gatewaySubnetTable", spec.gateway.subnet],
    ["clusterSubnetTable", spec.cluster.subnet],
  ] as const;
  return subnets.flatMap(([name, subnet]) => {
    const id = textAt(subnetOf(spokeNetwork, subnet), "properties.routeTable.id");
    return id === undefined ? [] : [{ name, id, apiVersion: apiVersions.network }];
  });
}

function readOf(step: string, spec: EnvironmentSpec): SurveyRead {
  const definition = resourceDefinition(step);
  return { name: step, id: definition.id(spec, {}), apiVersion: definition.apiVersion };
}
