/** What a ticket system sends: checked as a whole, with every mistake named at once. */
import type * as z from "zod";
import type { ClusterRequest } from "../domain/addedCluster.ts";
import { adoptionMistakes } from "../domain/adoptionMistakes.ts";
import { type EnvironmentRequest, withDefaults } from "../domain/environmentDefaults.ts";
import { environmentMistakes } from "../domain/environmentMistakes.ts";
import type { Environment } from "../domain/environmentSpec.ts";
import { canonicalJson, type JsonObject } from "../domain/json.ts";
import { type Mistake, touches } from "../domain/mistake.ts";
import { environmentSchema } from "./environmentSchema.ts";
import { jsonPointer, mistakesOfIssues } from "./schemaMistakes.ts";
import {
  addClusterSchema,
  decommissionSchema,
  retireClusterSchema,
  switchTrafficSchema,
  ticketSchema,
} from "./ticketSchema.ts";

type SentTicket = z.infer<typeof ticketSchema>;

/** A ticket that can be carried out. An environment that is described is whole, the seed's defaults filled in. */
export type Ticket =
  | { readonly ticket: SentTicket["ticket"]; readonly action: "provision"; readonly environment: Environment }
  | (Omit<z.infer<typeof addClusterSchema>, "cluster"> & { readonly cluster: ClusterRequest["cluster"] })
  | z.infer<typeof switchTrafficSchema>
  | z.infer<typeof retireClusterSchema>
  | z.infer<typeof decommissionSchema>;

/** A mistake as the sender sees it. */
export type TicketMistake = Pick<Mistake, "pointer" | "message" | "example">;

export type ParsedTicket =
  | { readonly ok: true; readonly ticket: Ticket }
  | { readonly ok: false; readonly mistakes: readonly TicketMistake[] };

/** Reads a ticket. What is wrong is said completely: mistakes of shape, and on all that has the right shape the mistakes of content. */
export function parseTicket(json: unknown): ParsedTicket {
  switch (actionOf(json)) {
    case "decommission":
      return checked(decommissionSchema, json, (ticket) => ticket);
    case "switchTraffic":
      return checked(switchTrafficSchema, json, (ticket) => ticket);
    case "retireCluster":
      return checked(retireClusterSchema, json, (ticket) => ticket);
    case "addCluster":
      return checked(addClusterSchema, json, ({ cluster, ...ticket }) => ({
        ...ticket,
        cluster: { ...builtFields(cluster), name: cluster.name },
      }));
    default:
      return parseProvision(json);
  }
}

/** What only names an environment has no content of its own: that is checked where it is known what stands. */
function checked<Sent>(schema: z.ZodType<Sent>, json: unknown, ticketOf: (sent: Sent) => Ticket): ParsedTicket {
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, ticket: ticketOf(parsed.data) };
  return { ok: false, mistakes: mistakesOfIssues("a ticket", schema, parsed.error.issues) };
}

function parseProvision(json: unknown): ParsedTicket {
  const parsed = ticketSchema.safeParse(json);
  if (parsed.success) return parsedEnvironment(parsed.data);
  const { issues } = parsed.error;
  const wrongPaths = issues
    .filter((issue) => issue.code !== "unrecognized_keys")
    .map((issue) => issue.path.map(String));
  const rest = environmentSchema.safeParse(prunedEnvironment(json, wrongPaths));
  // The statement about a place is only made when everything it rests on has the right shape.
  const isSound = ({ pointer, concerns = [] }: Mistake): boolean =>
    ![pointer, ...concerns].some((place) => wrongPaths.some((path) => touches(place, jsonPointer(beforeArray(path)))));
  const content = rest.success ? contentMistakes(request(rest.data)).filter(isSound) : [];
  return { ok: false, mistakes: [...mistakesOfIssues("a ticket", ticketSchema, issues), ...content.map(shown)] };
}

function actionOf(json: unknown): unknown {
  return typeof json === "object" && json !== null && "action" in json ? json.action : undefined;
}

/** One text for one content, whatever the order of its fields: what "the same ticket again" means. */
export function ticketFingerprint(ticket: Ticket): string {
  return canonicalJson(JSON.parse(JSON.stringify(ticket)) as JsonObject);
}

function parsedEnvironment({ ticket, environment }: SentTicket): ParsedTicket {
  const asked = request(environment);
  const mistakes = contentMistakes(asked);
  return mistakes.length > 0
    ? { ok: false, mistakes: mistakes.map(shown) }
    : { ok: true, ticket: { ticket, action: "provision", environment: withDefaults(asked) } };
}

function contentMistakes(asked: EnvironmentRequest): readonly Mistake[] {
  return [...adoptionMistakes(asked), ...environmentMistakes(withDefaults(asked))];
}

function request(sent: SentTicket["environment"]): EnvironmentRequest {
  return { ...sent, cluster: sent?.cluster === undefined ? undefined : builtFields(sent.cluster) };
}

type SentCluster = NonNullable<NonNullable<SentTicket["environment"]>["cluster"]>;

/** What is asked for and not only refused: the fields taken out here can have no other value than the one that is built. */
function builtFields(sent: SentCluster) {
  const { privateCluster: _private, identityType: _identity, osType: _os, networkPolicy: _policy, ...cluster } = sent;
  return cluster;
}

/** The environment as sent, without unknown fields and without what has the wrong shape; a list with a wrong element goes as a whole. */
function prunedEnvironment(json: unknown, wrongPaths: readonly (readonly string[])[]): unknown {
  if (typeof json !== "object" || json === null || !("environment" in json)) return {};
  const wrong = new Set(wrongPaths.map((path) => jsonPointer(beforeArray(path))));
  const isWrong = (path: readonly string[]): boolean => wrong.has(jsonPointer(path));
  const prune = (value: unknown, schema: unknown, path: readonly string[]): unknown => {
    const { shape, element, isRecord } = partsOf(schema);
    if (Array.isArray(value)) return value.map((member, index) => prune(member, element, [...path, String(index)]));
    if ((shape === undefined && !isRecord) || typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).flatMap(([key, member]) => {
      const at = [...path, key];
      const isKnown = shape === undefined || Object.hasOwn(shape, key);
      return isKnown && !isWrong(at) ? [[key, prune(member, shape?.[key], at)]] : [];
    });
    return Object.fromEntries(kept);
  };
  return isWrong(["environment"]) ? {} : prune(json.environment, environmentSchema, ["environment"]);
}

interface SchemaParts {
  /** Of an object with known fields. */
  readonly shape?: Readonly<Record<string, unknown>> | undefined;
  /** Of a list. */
  readonly element?: unknown;
  /** An object whose fields the sender names. */
  readonly isRecord: boolean;
}

/** What a schema is made of, wrappers taken off. */
function partsOf(schema: unknown): SchemaParts {
  const { shape, element, def } = (schema ?? {}) as {
    readonly shape?: Record<string, unknown>;
    readonly element?: unknown;
    readonly def?: { readonly type?: string; readonly innerType?: unknown };
  };
  return def?.innerType === undefined ? { shape, element, isRecord: def?.type === "record" } : partsOf(def.innerType);
}

/** The path up to the first list in it. */
function beforeArray(path: readonly string[]): readonly string[] {
  const index = path.findIndex((segment) => /^\d+$/.test(segment));
  return index < 0 ? path : path.slice(0, index);
}

function shown({ pointer, message, example }: Mistake): TicketMistake {
  return { pointer, message, ...(example === undefined ? {} : { example }) };
}
