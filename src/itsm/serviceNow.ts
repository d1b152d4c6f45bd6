import * as z from "zod";
import { sinkRequest } from "../alerts/sinkRequest.ts";
import type { Alert } from "../domain/alerts/alert.ts";
import {
  INCIDENT_FIELDS,
  type IncidentFields,
  type IncidentStep,
  incidentStep,
  type KnownIncident,
  referenceOf,
} from "../domain/alerts/incident.ts";
import { type Delivery, deliveryOf, type SinkAnswer, type SinkReference } from "../domain/alerts/sink.ts";

export interface ServiceNowSettings {
  /** …/api/now/table/incident, without a trailing slash. */
  readonly incidentUrl: string;
  /** The header `authorization`. */
  readonly authorization: string;
  /** What incidents are resolved with; the choices are each customer's own. */
  readonly closeCode: string;
}

const incident = z.object({
  sys_id: z.string().regex(/^[0-9a-f]{32}$/),
  number: z.string(),
  state: z.string(),
  correlation_display: z.string().default(""),
});
const oneIncident = z.object({ result: incident });
const incidents = z.object({ result: z.array(incident) });

/** Subjects go into a query, in which ^ and its like have a meaning. */
const SUBJECT = /^[A-Za-z0-9._:-]{1,100}$/;

/** Sees to it that one incident says what the alert says: looks first, and then writes at most once. */
export async function postIncident(
  settings: ServiceNowSettings,
  alert: Alert,
  reference: SinkReference | undefined,
): Promise<Delivery> {
  if (!SUBJECT.test(alert.subject)) return { kind: "refused", why: `"${alert.subject}" cannot be a correlation id.` };
  const found = await findIncident(settings, alert, reference);
  if (found.kind !== "found") return found;
  const step = incidentStep(alert, found.incident, settings.closeCode);
  if (step.kind === "none")
    return { kind: "delivered", ...(found.incident === undefined ? {} : { reference: referenceOf(found.incident) }) };
  const answer = await write(settings, step);
  const delivery = deliveryOf(answer);
  if (delivery.kind !== "delivered") return delivery;
  const written = parsed(oneIncident, answer);
  return written === undefined ? noTableApi() : { kind: "delivered", reference: referenceOf(written.result) };
}

type Found =
  | { readonly kind: "found"; readonly incident: KnownIncident | undefined }
  | Exclude<Delivery, { kind: "delivered" }>;

/** By its id where that is known, and else the newest one of the subject. An incident that somebody has deleted is none. */
async function findIncident(settings: ServiceNowSettings, alert: Alert, reference?: SinkReference): Promise<Found> {
  const fields = `sysparm_fields=${INCIDENT_FIELDS.join(",")}`;
  // What opens may be another incident than the one that is known.
  if (reference !== undefined && alert.event !== "opened") {
    const answer = await ask(settings, "GET", `/${encodeURIComponent(reference.id)}?${fields}`);
    if (answer.kind === "answer" && answer.status === 404) return { kind: "found", incident: undefined };
    return foundIn(answer, (read) => parsed(oneIncident, read)?.result);
  }
  const query = encodeURIComponent(`correlation_id=${alert.subject}^ORDERBYDESCsys_created_on`);
  const answer = await ask(settings, "GET", `?sysparm_query=${query}&${fields}&sysparm_limit=1`);
  const list = parsed(incidents, answer);
  if (list?.result.length === 0) return { kind: "found", incident: undefined };
  return foundIn(answer, () => list?.result[0]);
}

function foundIn(answer: SinkAnswer, read: (answer: SinkAnswer) => KnownIncident | undefined): Found {
  const delivery = deliveryOf(answer);
  if (delivery.kind !== "delivered") return delivery;
  const known = read(answer);
  return known === undefined ? noTableApi() : { kind: "found", incident: known };
}

/** A sign-in page answers 200, too. */
function noTableApi(): Extract<Delivery, { kind: "again" }> {
  return {
    kind: "again",
    why: "It answered with something that is no incident: see that ITSM_INCIDENT_URL is …/api/now/table/incident.",
  };
}

function parsed<T>(schema: z.ZodType<T>, answer: SinkAnswer): T | undefined {
  if (answer.kind === "silence" || answer.status < 200 || answer.status >= 300) return undefined;
  try {
    return schema.safeParse(JSON.parse(answer.text)).data;
  } catch {
    return undefined;
  }
}

function write(settings: ServiceNowSettings, step: Exclude<IncidentStep, { kind: "none" }>): Promise<SinkAnswer> {
  if (step.kind === "create") return ask(settings, "POST", "", step.fields);
  return ask(settings, "PATCH", `/${encodeURIComponent(step.id)}`, step.fields);
}

function ask(
  { incidentUrl, authorization }: ServiceNowSettings,
  method: "GET" | "POST" | "PATCH",
  rest: string,
  fields?: IncidentFields,
): Promise<SinkAnswer> {
  return sinkRequest({
    method,
    url: `${incidentUrl}${rest}`,
    headers: { authorization },
    ...(fields === undefined ? {} : { body: JSON.stringify(fields) }),
  });
}
