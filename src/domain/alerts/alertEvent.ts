import type { Alert, AlertEvent } from "./alert.ts";

/** An alert as a CloudEvent 1.0, without the attributes that the client fills in. Delivered twice it has the same source and id. */
export interface AlertCloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: Alert;
}

const things: Readonly<Record<Alert["kind"], string>> = {
  deniedEgress: "Egress.Case",
  telemetry: "Telemetry.Finding",
  gatewayRoutes: "GatewayRoutes.Finding",
};

const happenings: Readonly<Record<AlertEvent, string>> = { opened: "Opened", updated: "Updated", closed: "Closed" };

export function alertEvent(alert: Alert): AlertCloudEvent {
  return {
    id: alert.id,
    source: `/portcullis/environments/${alert.environment}`,
    type: `Portcullis.${things[alert.kind]}${happenings[alert.event]}`,
    subject: alert.subject,
    time: alert.at,
    data: alert,
  };
}
