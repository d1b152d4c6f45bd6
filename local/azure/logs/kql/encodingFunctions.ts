import { textOfValue } from "./binaryOperators.ts";
import { type BuildFunction, plain } from "./functionFamily.ts";
import type { Value } from "./value.ts";

/** URLs taken apart, and texts in other alphabets. Source: learn.microsoft.com/kusto/query/parse-url-function and its neighbours, checked 2026-11. */
export const encodingFunctions: Readonly<Record<string, BuildFunction>> = {
  parse_url: plain((url) => urlParts(textOfValue(url))),
  parseurl: plain((url) => urlParts(textOfValue(url))),
  parse_urlquery: plain((query) => ({ "Query Parameters": queryParameters(textOfValue(query).replace(/^\?/, "")) })),
  url_encode: plain((text) => encodeURIComponent(textOfValue(text)).replaceAll("%20", "+")),
  url_encode_component: plain((text) => encodeURIComponent(textOfValue(text))),
  url_decode: plain((text) => decoded(textOfValue(text))),
  base64_encode_tostring: plain((text) => Buffer.from(textOfValue(text)).toString("base64")),
  base64_decode_tostring: plain((text) => {
    const bytes = Buffer.from(textOfValue(text), "base64");
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return "";
    }
  }),
};

const URL_SHAPE =
  /^(?:(?<scheme>[a-z][\w+.-]*):\/\/)?(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<host>\[[^\]]*\]|[^:/?#]*)(?::(?<port>\d+))?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/is;

function urlParts(url: string): Value {
  const found = URL_SHAPE.exec(url)?.groups ?? {};
  return {
    Scheme: found.scheme ?? "",
    Host: found.host ?? "",
    Port: found.port ?? "",
    Path: found.path ?? "",
    Username: found.user ?? "",
    Password: found.password ?? "",
    "Query Parameters": queryParameters(found.query ?? ""),
    Fragment: found.fragment ?? "",
  };
}

function queryParameters(query: string): Value {
  const pairs = query.split("&").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")] as const;
    }),
  );
}

/** What is no percent-encoding stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
