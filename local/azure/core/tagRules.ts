import { gatewayError } from "./gatewayError.ts";
import type { Json, JsonObject } from "./resourceType.ts";

/**
 * Tags a resource may carry, and characters in a name and in a value.
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources ("Limitations"), checked 2026-11.
 */
const MOST_TAGS = 50;
const LONGEST_NAME_CHARACTERS = 512;
const LONGEST_VALUE_CHARACTERS = 256;
const RESERVED_CHARACTERS = /[<>%&\\?/]/;

/** Throws as ARM does when the tags of a body break a rule. */
export function checkTags(tags: Json | undefined): void {
  if (tags === undefined || tags === null) return;
  if (typeof tags !== "object" || Array.isArray(tags)) {
    throw gatewayError(
      400,
      "InvalidRequestContent",
      "The request content was invalid and could not be deserialized: 'tags' is not an object of strings.",
    );
  }
  const entries = Object.entries(tags as JsonObject);
  if (entries.length > MOST_TAGS) {
    throw gatewayError(
      400,
      "TooManyTags",
      `The resource has ${entries.length} tags. The maximum number of tags allowed is ${MOST_TAGS}.`,
    );
  }
  for (const [name, value] of entries) checkTag(name, value);
}

function checkTag(name: string, value: Json | undefined): void {
  if (typeof value !== "string" && value !== null) {
    throw gatewayError(
      400,
      "InvalidRequestContent",
      `The request content was invalid and could not be deserialized: the value of tag '${name}' is not a string.`,
    );
  }
  if (name === "" || name.length > LONGEST_NAME_CHARACTERS) {
    throw gatewayError(
      400,
      "InvalidTagNameLength",
      `Tag name too large or empty. The length of a tag name must be between 1 and ${LONGEST_NAME_CHARACTERS} characters.`,
    );
  }
  if (RESERVED_CHARACTERS.test(name)) {
    throw gatewayError(
      400,
      "InvalidTagNameCharacters",
      `The tag names '${name}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`,
    );
  }
  if ((value ?? "").length > LONGEST_VALUE_CHARACTERS) {
    throw gatewayError(
      400,
      "InvalidTagValueLength",
      `Tag value too large. Following tag value '${value}' exceeded the maximum length. Maximum allowed length for tag value - '${LONGEST_VALUE_CHARACTERS}' characters.`,
    );
  }
}
