/** What the gateway's own document says of the clusters behind it: a controller's parts bear the prefix of its cluster. */
import { gatewayPartPrefix, productionHost } from "../domain/gatewayShare.ts";
import { isJsonArray, isJsonObject, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import type { Heard, Look, VerificationInput } from "./commandDefinition.ts";

/** For how long users may stand before a gateway that leads where it should and gets no answer, in seconds: its probes need two rounds to see a pod. */
const SILENCE_SECONDS_MAX = 30;

/** Whether the gateway leads the production host to this cluster and to no other; it may still be on its way to doing so. */
export function productionIsDue(gateway: JsonObject | undefined, input: VerificationInput): boolean {
  return gateway !== undefined && ledElsewhere(gateway, input) === undefined;
}

/** The production host leads to this cluster and to no other, the gateway has settled, and the host answers. */
export function productionLook(
  gateway: JsonObject | undefined,
  { isAnswered, silentSeconds }: Heard,
  input: VerificationInput,
): Look {
  const about = (ok: boolean, detail: string, final = ok): Look => ({
    finding: { id: "watchProduction", ok, detail },
    final,
  });
  const { spec, outputs } = input;
  const host = productionHost(spec, outputs);
  const { name } = spec.cluster;
  if (gateway === undefined) return about(false, `The gateway ${spec.gateway.name} is gone.`);
  const elsewhere = ledElsewhere(gateway, input);
  if (elsewhere !== undefined) return about(false, elsewhere);
  const state = textAt(gateway, "properties.provisioningState");
  if (state !== "Succeeded") return about(false, `The gateway is being written (${state}).`);
  if (!isAnswered) {
    const detail = `${host} leads to ${name} and has not answered HTTP 200 for ${Math.round(silentSeconds)} s.`;
    return about(false, detail, silentSeconds >= SILENCE_SECONDS_MAX);
  }
  const listener = listenersFor(gateway, host).map(nameOf).join(", ");
  return about(true, `${host} leads to ${name} (listener ${listener}) and answers HTTP 200.`);
}

/** Where the production host leads instead of to the cluster, in words. */
function ledElsewhere(gateway: JsonObject, { spec, outputs }: VerificationInput): string | undefined {
  const host = productionHost(spec, outputs);
  const { name } = spec.cluster;
  const listeners = listenersFor(gateway, host);
  if (listeners.length === 1 && listeners.every((listener) => isListenerOf(name, listener))) return undefined;
  const names = listeners.map(nameOf).join(", ");
  return `${host} is not with ${name} yet: the gateway's listener is ${names || "none"}.`;
}

function listenersFor(gateway: JsonObject, host: string): readonly JsonObject[] {
  return listenersOf(gateway).filter((listener) => isFor(listener, host));
}

/** Nothing of a cluster that goes is left in the gateway. */
export function partsGoneLook(gateway: JsonObject | undefined, { spec }: VerificationInput): Look {
  const about = (ok: boolean, detail: string): Look => ({ finding: { id: "verifyPartsGone", ok, detail }, final: ok });
  const left = listenersOf(gateway ?? {})
    .filter((listener) => isListenerOf(spec.cluster.name, listener))
    .map(nameOf);
  if (left.length > 0) return about(false, `${left.join(", ")} of ${spec.cluster.name} are still in the gateway.`);
  return about(true, `No listener of ${spec.cluster.name} is left in the gateway.`);
}

function listenersOf(gateway: JsonObject): readonly JsonObject[] {
  const found = jsonAt(gateway, "properties.httpListeners");
  return isJsonArray(found) ? found.filter(isJsonObject) : [];
}

/** A cluster's name may begin like another's: what comes after the prefix tells. */
function isListenerOf(cluster: string, listener: JsonObject): boolean {
  const [prefix, name] = [gatewayPartPrefix(cluster), nameOf(listener)];
  return name.startsWith(prefix) && /^fl-[0-9a-f]+$/.test(name.slice(prefix.length));
}

function isFor(listener: JsonObject, host: string): boolean {
  const several = jsonAt(listener, "properties.hostNames");
  const names = [textAt(listener, "properties.hostName"), ...(isJsonArray(several) ? several : [])];
  return names.some((name) => typeof name === "string" && name.toLowerCase() === host.toLowerCase());
}

function nameOf(listener: JsonObject): string {
  return textAt(listener, "name") ?? "";
}
