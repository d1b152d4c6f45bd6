/** Mistakes in where an environment is and what it is marked with: location, zones, tags. */
import { azureLocations, canonicalLocation, locationHasZones, squeezed } from "./azureLocations.ts";
import type { Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";
import { nearest } from "./nearest.ts";
import { CREATION_TAG, ENVIRONMENT_TAG } from "./resourceNames.ts";

export function placeMistakes(environment: Environment): readonly Mistake[] {
  return [...locationMistakes(environment), ...zoneMistakes(environment), ...tagMistakes(environment)];
}

function locationMistakes({ location }: Environment): readonly Mistake[] {
  if (canonicalLocation(location) !== undefined) return [];
  const names = azureLocations.map(({ name }) => name);
  const meant = nearest(squeezed(location), names);
  return [
    {
      pointer: environmentPointer("location"),
      message: `"${location}" is no public Azure location${meant === undefined ? "" : `; perhaps "${meant}" is meant`}. "az account list-locations" lists the names.`,
      example: meant ?? "westeurope",
    },
  ];
}

function zoneMistakes({ location, zones }: Environment): readonly Mistake[] {
  if (zones.length === 0 || canonicalLocation(location) === undefined || locationHasZones(location)) return [];
  const message = `${location} has no availability zones; leave "zones" out or choose a location that has them.`;
  return [{ pointer: environmentPointer("zones"), message, concerns: [environmentPointer("location")] }];
}

/** Limits of ARM. Source: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources, checked 2026-11. */
const TAGS_COUNT_MAX = 50;
const TAG_NAME_CHARACTERS_MAX = 512;
const TAG_VALUE_CHARACTERS_MAX = 256;
const reservedTagPrefixes = ["microsoft", "azure", "windows"];

/** What Portcullis marks resources with itself. */
const ownTags: readonly string[] = [ENVIRONMENT_TAG, CREATION_TAG];

/** durable-functions 3.5.0 turns a text under this very key into a date, wherever it stands in an input (`Utils.parseTimestampsAsDates`). */
const TAG_READ_AS_DATE = "Timestamp";

function tagMistakes({ tags }: Environment): readonly Mistake[] {
  const names = Object.keys(tags);
  if (names.length > TAGS_COUNT_MAX - ownTags.length) {
    const message = `There are ${names.length} tags; Azure takes ${TAGS_COUNT_MAX} on a resource, and ${ownTags.length} of them are ours.`;
    return [{ pointer: environmentPointer("tags"), message }];
  }
  return names.flatMap((name, index) => {
    const pointer = environmentPointer("tags", name);
    const isDouble = names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index;
    return tagProblems(name, tags[name] ?? "", isDouble).map((message) => ({ pointer, message }));
  });
}

function tagProblems(name: string, value: string, isDouble: boolean): readonly string[] {
  const reserved = reservedTagPrefixes.find((prefix) => name.toLowerCase().startsWith(prefix));
  return [
    ...(name.trim() === "" ? ["A tag must have a name."] : []),
    ...(name.length > TAG_NAME_CHARACTERS_MAX
      ? [`The tag's name has ${name.length} characters; Azure takes ${TAG_NAME_CHARACTERS_MAX}.`]
      : []),
    ...(/[<>%&\\?/]/.test(name)
      ? [`The tag "${name}" holds one of < > % & \\ ? /, which Azure refuses in names of tags.`]
      : []),
    ...(reserved === undefined ? [] : [`The tag "${name}" begins with "${reserved}", which Azure keeps for itself.`]),
    ...(ownTags.includes(name.toLowerCase())
      ? [`The tag "${name.toLowerCase()}" is set by Portcullis to the environment's name; leave it out.`]
      : []),
    ...(name === TAG_READ_AS_DATE
      ? [
          `The tag "${name}" would be read as a date on its way; write "${name.toLowerCase()}", Azure does not tell upper from lower case in names of tags.`,
        ]
      : []),
    ...(isDouble
      ? [`The tag "${name}" stands there twice; Azure does not tell upper from lower case in names of tags.`]
      : []),
    ...(value.length > TAG_VALUE_CHARACTERS_MAX
      ? [`The value of the tag "${name}" has ${value.length} characters; Azure takes ${TAG_VALUE_CHARACTERS_MAX}.`]
      : []),
  ];
}
