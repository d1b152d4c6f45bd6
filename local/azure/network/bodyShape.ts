import { ArmError } from "../core/armError.ts";
import type { Json, JsonObject, WriteContext } from "../core/resourceType.ts";
import { isObject, sameText } from "./jsonRead.ts";

/** What a property may hold: a kind of JSON, a set of words (compared without case, as the network provider does), or a shape inside a list. */
export type Shape = Readonly<Record<string, Kind>>;
type Kind =
  | "text"
  | "number"
  | "flag"
  | "texts"
  | "object"
  | "reference"
  | readonly string[]
  | { readonly list: Shape }
  | { readonly required: Kind };

/**
 * Throws the provider's InvalidRequestFormat for values of a wrong type and for missing required ones. Properties that
 * the shape does not name pass and are kept: api-versions differ in what they know.
 */
export function checkShape(body: JsonObject, shape: Shape): void {
  const mistake = findMistake(body, shape, "");
  if (mistake === undefined) return;
  throw new ArmError(400, "InvalidRequestFormat", "Cannot parse the request.", { details: [mistake] });
}

function findMistake(json: JsonObject, shape: Shape, at: string): JsonObject | undefined {
  for (const [path, kind] of Object.entries(shape)) {
    const mistake = checkPath(json, path.split("."), kind, at);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function checkPath(json: Json | undefined, keys: readonly string[], kind: Kind, at: string): JsonObject | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return checkKind(json, kind, at);
  const path = at === "" ? key : `${at}.${key}`;
  if (json === undefined || json === null) {
    return isRequired(kind) ? missing([path, ...rest].join(".")) : undefined;
  }
  if (!isObject(json)) return wrong(json, "object", at);
  return checkPath(json[key], rest, kind, path);
}

function checkKind(value: Json | undefined, kind: Kind, path: string): JsonObject | undefined {
  if (isRequired(kind))
    return value === undefined || value === null ? missing(path) : checkKind(value, kind.required, path);
  if (value === undefined || value === null) return undefined;
  if (typeof kind !== "string")
    return "list" in kind ? checkList(value, kind.list, path) : checkWord(value, kind, path);
  switch (kind) {
    case "text":
      return typeof value === "string" ? undefined : wrong(value, "string", path);
    case "number":
      return isNumberLike(value) ? undefined : wrong(value, "integer", path);
    case "flag":
      return typeof value === "boolean" || /^(true|false)$/i.test(String(value))
        ? undefined
        : wrong(value, "boolean", path);
    case "texts":
      return Array.isArray(value) && value.every((item) => typeof item === "string")
        ? undefined
        : wrong(value, "list of strings", path);
    case "object":
      return isObject(value) ? undefined : wrong(value, "object", path);
    case "reference":
      return isObject(value) && typeof value.id === "string" ? undefined : wrong(value, "reference with an id", path);
  }
}

function checkList(value: Json, shape: Shape, path: string): JsonObject | undefined {
  if (!Array.isArray(value)) return wrong(value, "list", path);
  for (const [index, item] of value.entries()) {
    const at = `${path}[${index}]`;
    const mistake = isObject(item) ? findMistake(item, shape, at) : wrong(item, "object", at);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function checkWord(value: Json, words: readonly string[], path: string): JsonObject | undefined {
  if (typeof value === "string" && words.some((word) => sameText(word, value))) return undefined;
  return wrong(value, `one of ${words.map((word) => `'${word}'`).join(", ")}`, path);
}

function isRequired(kind: Kind): kind is { readonly required: Kind } {
  return typeof kind === "object" && "required" in kind;
}

function isNumberLike(value: Json): boolean {
  return Number.isInteger(value) || (typeof value === "string" && /^-?\d+$/.test(value));
}

function missing(path: string): JsonObject {
  return {
    code: "MissingJsonProperty",
    message: `Value for the required property '${path}' is missing. Path '${path}'.`,
  };
}

function wrong(value: Json, expected: string, path: string): JsonObject {
  return {
    code: "InvalidJson",
    message: `Error converting value ${JSON.stringify(value)} at path '${path}': ${expected} expected.`,
  };
}

/**
 * Throws InvalidResourceName unless the name is made as the network provider demands.
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, checked 2026-11.
 */
export function checkName(context: Pick<WriteContext, "id">, maximumLength = 80, minimumLength = 1): void {
  const { name } = context.id;
  const wellFormed = /^[A-Za-z0-9_](?:[\w.-]*\w)?$/.test(name);
  if (wellFormed && name.length <= maximumLength && name.length >= minimumLength) return;
  throw new ArmError(
    400,
    "InvalidResourceName",
    `Resource name ${name} is invalid. The name can be up to ${maximumLength} characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
  );
}

/** Refuses what Azure has and the packet model does not: better no answer than a wrong one. */
export function notModelled(what: string, advice: string): ArmError {
  return new ArmError(501, "NotImplemented", `The local Azure does not model ${what}. ${advice}`);
}
