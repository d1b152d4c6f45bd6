import { v5 as uuidv5 } from "uuid";
import type { Severity } from "../deniedEgress/egressCase.ts";
import { findingKey, type RouteFindingCode } from "../routeFinding.ts";
import type { FindingChanges, StandingFinding } from "../standingFindings.ts";
import { type Alert, type AlertEvent, alertId } from "./alert.ts";

/** Any fixed namespace does: the same finding gets the same name. */
const NAMESPACE = "6c1d5c0e-3d6b-5f0e-9a7a-0d1f6f2a7b11";

/** By what the finding does to those who use the gateway. */
const severities: Readonly<Record<RouteFindingCode, Severity>> = {
  // No pod behind kubenet is reached.
  GatewayTableGone: "critical",
  GatewayTableDetached: "critical",
  // Some pods are not reached, or soon will not be.
  NodeWithoutRoute: "high",
  TableFull: "high",
  SourceTableGone: "high",
  RouteBlocked: "high",
  Braked: "high",
  GatewayRouteDiffers: "medium",
  NodesUnknown: "medium",
  ClusterGone: "medium",
  // Nobody is harmed yet.
  HeadroomLow: "low",
  RouteWithoutNode: "low",
  ClusterLeftKubenet: "low",
};

/** One alert when a finding stands open, and one when it does not any more. */
export function routeAlerts(environment: string, { opened, closed }: FindingChanges, at: string): readonly Alert[] {
  return [
    ...opened.map((finding) => routeAlert(environment, finding, "opened", at)),
    ...closed.map((finding) => routeAlert(environment, finding, "closed", at)),
  ];
}

function routeAlert(environment: string, finding: StandingFinding, event: AlertEvent, at: string): Alert {
  const { code, cluster, sentence, advice, since, openedAt = since } = finding;
  // A finding that comes back is another one: it has opened at another time.
  const name = uuidv5(`${findingKey(finding)}|${openedAt}`, NAMESPACE)
    .replaceAll("-", "")
    .slice(0, 12);
  const subject = `finding-${environment}-routes-${name}`;
  const revision = event === "opened" ? 1 : 2;
  const where = cluster ?? environment;
  const isOver = event === "closed";
  return {
    id: alertId({ subject, revision }),
    subject,
    revision,
    event,
    kind: "gatewayRoutes",
    environment,
    ...(cluster === undefined ? {} : { cluster }),
    severity: severities[code],
    title: `${where}: ${titles[code]}${isOver ? " (over)" : ""}`,
    text: isOver ? `This is over: ${sentence}` : `${sentence}\n${advice}`,
    facts: [
      { name: "Environment", value: environment },
      ...(cluster === undefined ? [] : [{ name: "Cluster", value: cluster }]),
      { name: "Finding", value: code },
      { name: "About", value: finding.subject },
      { name: "Since", value: since },
      ...(isOver ? [{ name: "Until", value: at }] : []),
    ],
    at,
  };
}

const titles: Readonly<Record<RouteFindingCode, string>> = {
  GatewayTableGone: "the gateway's route table is gone",
  GatewayTableDetached: "the gateway's route table is not on its subnet",
  NodeWithoutRoute: "a node has no route, the gateway answers 502 for its pods",
  TableFull: "the gateway's route table is full",
  SourceTableGone: "the cluster's route table is gone",
  RouteBlocked: "a foreign route leads pods' addresses elsewhere",
  Braked: "a change of the gateway's routes waits for somebody",
  GatewayRouteDiffers: "the gateway's route table does not follow the cluster",
  NodesUnknown: "the nodes cannot be read",
  ClusterGone: "the cluster is gone, and no ticket has retired it",
  HeadroomLow: "a route table is nearly full",
  RouteWithoutNode: "a route leads to no node",
  ClusterLeftKubenet: "the cluster has left kubenet",
};
