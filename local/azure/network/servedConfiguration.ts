/**
 * What a gateway does between a PUT and its end: GET shows the new configuration at once, traffic is still served by the
 * old one. The old one is kept beside the body, in a member that nobody is shown, until an update has ended well; an
 * update that failed or was superseded changes nothing for traffic.
 *
 * The numbers of the writes stand in for the URLs of their operations, by which Azure's own services, who write without
 * HTTP, find out whether their write has ended or was superseded.
 */
import type { JsonObject, StoredResource } from "../core/resourceType.ts";
import { isObject, numberAt, textAt, valueAt } from "./jsonRead.ts";

const MEMBER = "localUpdate";

/** The body of a gateway that is being written, with what goes on serving meanwhile. */
export function withUpdateBegun(body: JsonObject, existing: StoredResource | undefined): JsonObject {
  const number = (existing === undefined ? 0 : gatewayWrites(existing).latest) + 1;
  const finished = existing === undefined ? 0 : gatewayWrites(existing).finished;
  const serving = existing === undefined ? undefined : servingProperties(existing);
  return { ...body, [MEMBER]: { number, finished, ...(serving === undefined ? {} : { serving }) } };
}

/** The body of a gateway whose update has ended well: what was written serves. */
export function withUpdateEnded(body: JsonObject): JsonObject {
  const number = numberAt(body, `${MEMBER}.number`) ?? 0;
  return { ...body, [MEMBER]: { number, finished: number } };
}

/** The body as it is shown. */
export function withoutUpdate(body: JsonObject): JsonObject {
  const { [MEMBER]: _hidden, ...shown } = body;
  return shown;
}

/** The gateway as traffic meets it now. */
export function servedGateway(gateway: StoredResource): StoredResource {
  const serving = valueAt(gateway.body, `${MEMBER}.serving`);
  return isObject(serving) ? { ...gateway, body: { ...gateway.body, properties: serving } } : gateway;
}

/** The number of the latest write of a gateway, and of the latest one that ended well. */
export function gatewayWrites(gateway: StoredResource): { readonly latest: number; readonly finished: number } {
  return {
    latest: numberAt(gateway.body, `${MEMBER}.number`) ?? 0,
    finished: numberAt(gateway.body, `${MEMBER}.finished`) ?? 0,
  };
}

/** A gateway that has never run serves nothing. */
function servingProperties(gateway: StoredResource): JsonObject | undefined {
  if (textAt(gateway.body, "properties.operationalState") !== "Running") return undefined;
  return servedGateway(gateway).body.properties;
}
