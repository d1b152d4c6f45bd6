import type { AzureWorld, JsonObject } from "./resourceType.ts";

/** What a module answers beside ARM's own paths. */
export interface ModuleDoors {
  /** Pages that anybody may GET without a token, by their path. */
  readonly publicPages?: Readonly<
    Record<
      string,
      (query: URLSearchParams, world: AzureWorld) => { readonly status: number; readonly body: JsonObject }
    >
  >;
  /** Doors of the stand-in's own, which Azure does not have, by "METHOD /_local/…". They throw a sentence for bad input. */
  readonly localDoors?: Readonly<
    Record<string, (request: { readonly query: URLSearchParams; readonly body: string }, world: AzureWorld) => object>
  >;
}
