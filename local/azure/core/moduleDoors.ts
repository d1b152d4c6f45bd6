import type { IncomingHttpHeaders } from "node:http";
import type { AccessTokens } from "../managedIdentity/accessTokens.ts";
import type { ArmResponse } from "./armRequest.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { AzureWorld, JsonObject } from "./resourceType.ts";

/** A request to a service of Azure that is not ARM. */
export interface ServiceCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly bodyText: string;
  readonly tokens: AccessTokens;
}

/** What a module answers beside ARM's own paths. */
export interface ModuleDoors {
  /** Pages that anybody may GET without a token, by their path. */
  readonly publicPages?: Readonly<
    Record<
      string,
      (query: URLSearchParams, world: AzureWorld) => { readonly status: number; readonly body: JsonObject }
    >
  >;
  /**
   * Services beside ARM, by the first segment of their path. In Azure they have hosts of their own, which one machine has
   * not. They check tokens themselves, for their own audience, and throw ArmError.
   */
  readonly services?: Readonly<
    Record<string, (world: LocalWorld, call: ServiceCall) => ArmResponse | "reset" | "hang">
  >;
  /** Doors of the stand-in's own, which Azure does not have, by "METHOD /_local/…". They throw a sentence for bad input. */
  readonly localDoors?: Readonly<
    Record<string, (request: { readonly query: URLSearchParams; readonly body: string }, world: AzureWorld) => object>
  >;
}
