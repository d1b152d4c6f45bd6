/**
 * Values as they cross between the Functions host and the language worker: the part of RpcTypedData that the local
 * host sends or reads.
 */
export interface TypedData {
  readonly string?: string | null;
  readonly json?: string | null;
  readonly bytes?: Uint8Array | null;
  readonly int?: number | null;
  readonly double?: number | null;
  readonly http?: HttpData | null;
}

export interface HttpData {
  readonly url?: string;
  readonly method?: string;
  readonly nullableHeaders?: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableQuery?: Readonly<Record<string, { readonly value: string }>>;
  readonly nullableParams?: Readonly<Record<string, { readonly value: string }>>;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly HttpCookie[];
  readonly body?: TypedData | null | undefined;
}

export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value: string } | undefined;
  readonly path?: { readonly value: string } | undefined;
  readonly expires?: { readonly value: { readonly seconds: number } } | undefined;
  readonly secure?: { readonly value: boolean } | undefined;
  readonly httpOnly?: { readonly value: boolean } | undefined;
  readonly sameSite?: "none" | "lax" | "strict" | "explicitNone" | undefined;
  readonly maxAge?: { readonly value: number } | undefined;
}

/** The JavaScript value of what a function returned; undefined when it returned nothing. */
export function fromTypedData(data: TypedData | null | undefined): unknown {
  if (data === null || data === undefined) return undefined;
  if (data.json !== null && data.json !== undefined) return JSON.parse(data.json);
  if (data.bytes !== null && data.bytes !== undefined) return Buffer.from(data.bytes).toString("base64");
  return data.string ?? data.int ?? data.double ?? undefined;
}
