import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../local/azure/core/resourceType.ts";
import { filterMatches } from "../../local/azure/eventGrid/filterMatch.ts";
import type { GridEvent } from "../../local/azure/eventGrid/gridEvent.ts";

const event: GridEvent = {
  id: "1",
  topic: "/subscriptions/s/resourceGroups/rg",
  subject: "/subscriptions/s/resourcegroups/rg/providers/Microsoft.Network/routeTables/RT-one",
  eventType: "Microsoft.Resources.ResourceWriteSuccess",
  eventTime: "2026-11-12T09:41:27.1234567Z",
  dataVersion: "2",
  metadataVersion: "1",
  data: {
    operationName: "Microsoft.Network/routeTables/write",
    claims: { appid: "App-1" },
    count: 5,
    isLast: true,
    nothing: null,
    tags: ["blue", "green"],
  },
};

const advanced = (operatorType: string, key: string, values?: Json): JsonObject => ({
  advancedFilters: [
    { operatorType, key, ...(values === undefined ? {} : Array.isArray(values) ? { values } : { value: values }) },
  ],
});

/** What the filter is, and whether the event passes. */
const cases: readonly (readonly [string, JsonObject, boolean])[] = [
  ["nothing", {}, true],
  ["its type, in other case", { includedEventTypes: ["microsoft.resources.resourcewritesuccess"] }, true],
  ["another type", { includedEventTypes: ["Microsoft.Resources.ResourceDeleteSuccess"] }, false],
  ["a beginning in other case", { subjectBeginsWith: "/SUBSCRIPTIONS/s/resourceGroups/rg/" }, true],
  [
    "the same where case counts",
    { subjectBeginsWith: "/subscriptions/s/resourceGroups/rg/", isSubjectCaseSensitive: true },
    false,
  ],
  ["an end", { subjectEndsWith: "rt-ONE" }, true],
  ["another end", { subjectEndsWith: "rt-two" }, false],
  ["StringIn", advanced("StringIn", "data.operationName", ["x", "MICROSOFT.network/routetables/write"]), true],
  ["StringIn of others", advanced("StringIn", "data.operationName", ["Microsoft.Network"]), false],
  ["StringNotIn", advanced("StringNotIn", "data.claims.appid", ["app-1"]), false],
  ["StringNotIn of others", advanced("StringNotIn", "data.claims.appid", ["app-2"]), true],
  ["StringNotIn of a missing key", advanced("StringNotIn", "data.claims.oid", ["app-1"]), true],
  ["StringIn of a missing key", advanced("StringIn", "data.claims.oid", ["app-1"]), false],
  ["StringNotContains of a missing key", advanced("StringNotContains", "data.claims.oid", ["app-1"]), false],
  ["StringNotBeginsWith of a missing key", advanced("StringNotBeginsWith", "data.claims.oid", ["app-1"]), false],
  ["StringNotEndsWith of a missing key", advanced("StringNotEndsWith", "data.claims.oid", ["app-1"]), false],
  ["NumberNotIn of a missing key", advanced("NumberNotIn", "data.claims.oid", [1]), true],
  ["StringContains", advanced("StringContains", "Subject", ["/routetables/"]), true],
  ["StringNotContains", advanced("StringNotContains", "subject", ["/routeTables/", "x"]), false],
  ["StringBeginsWith", advanced("StringBeginsWith", "data.operationName", ["microsoft.network/"]), true],
  ["StringNotBeginsWith", advanced("StringNotBeginsWith", "data.operationName", ["microsoft.compute/"]), true],
  ["StringEndsWith", advanced("StringEndsWith", "data.operationName", ["/write"]), true],
  ["StringNotEndsWith", advanced("StringNotEndsWith", "data.operationName", ["/write"]), false],
  ["NumberIn", advanced("NumberIn", "data.count", [4, 5]), true],
  ["NumberNotIn", advanced("NumberNotIn", "data.count", [4, 5]), false],
  ["NumberIn of a text", advanced("NumberIn", "dataVersion", [2]), false],
  ["NumberLessThan", advanced("NumberLessThan", "data.count", 5), false],
  ["NumberLessThanOrEquals", advanced("NumberLessThanOrEquals", "data.count", 5), true],
  ["NumberGreaterThan", advanced("NumberGreaterThan", "data.count", 5), false],
  ["NumberGreaterThanOrEquals", advanced("NumberGreaterThanOrEquals", "data.count", 5), true],
  [
    "NumberInRange",
    advanced("NumberInRange", "data.count", [
      [1, 2],
      [5, 9],
    ]),
    true,
  ],
  ["NumberNotInRange", advanced("NumberNotInRange", "data.count", [[5, 9]]), false],
  ["BoolEquals", advanced("BoolEquals", "data.isLast", true), true],
  ["BoolEquals of the other", advanced("BoolEquals", "data.isLast", false), false],
  ["IsNullOrUndefined of null", advanced("IsNullOrUndefined", "data.nothing"), true],
  ["IsNullOrUndefined of a missing key", advanced("IsNullOrUndefined", "data.claims.oid"), true],
  ["IsNotNull", advanced("IsNotNull", "data.claims.APPID"), true],
  ["IsNotNull of null", advanced("IsNotNull", "data.nothing"), false],
  ["an array where arrays do not count", advanced("StringIn", "data.tags", ["blue"]), false],
  [
    "an array where they do",
    { ...advanced("StringIn", "data.tags", ["blue"]), enableAdvancedFilteringOnArrays: true },
    true,
  ],
  [
    "two filters of which one does not hold",
    {
      advancedFilters: [
        { operatorType: "NumberIn", key: "data.count", values: [5] },
        { operatorType: "BoolEquals", key: "data.isLast", value: false },
      ],
    },
    false,
  ],
];

describe("a filter", () => {
  it.each(cases)("of %s", (_what, filter, expected) => {
    expect(filterMatches(filter, event)).toBe(expected);
  });
});
