import { describe, expect, it } from "vitest";
import { parseRouteTemplate } from "../../local/host/http/routeTemplate.ts";

describe("parseRouteTemplate", () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>> | undefined])[] = [
    ["a/b", "/a/b", {}],
    ["a/b", "/A/B/", {}],
    ["a/b", "/a/b/c", undefined],
    ["a.b", "/axb", undefined],
    ["a/{x}", "/a", undefined],
    ["a/{x?}", "/a", {}],
    ["a/{x=1}", "/a", { x: "1" }],
    ["a/{x}.{y}", "/a/file.txt", { x: "file", y: "txt" }],
    ["a/{x:int}", "/a/-5", { x: "-5" }],
    ["a/{x:int}", "/a/5.0", undefined],
    ["a/{x:int}", "/a/99999999999", undefined],
    ["a/{x:long}", "/a/99999999999", { x: "99999999999" }],
    ["a/{x:bool}", "/a/TRUE", { x: "TRUE" }],
    ["a/{x:alpha}", "/a/ab1", undefined],
    ["a/{x:length(2,3)}", "/a/abcd", undefined],
    ["a/{x:length(2)}", "/a/ab", { x: "ab" }],
    ["a/{x:int:min(3):max(5)}", "/a/4", { x: "4" }],
    ["a/{x:int:min(3):max(5)}", "/a/6", undefined],
    ["a/{x:range(1,2)}", "/a/3", undefined],
    ["a/{*rest}", "/a/b/c", { rest: "b/c" }],
    ["a/{**rest}", "/a", {}],
  ];
  it.each(cases)("matches %s against %s", (template, path, values) => {
    expect(parseRouteTemplate(template).match(path)).toEqual(values);
  });

  it.each(["a/{x:regex(^a$)}", "a/{x:odd}", "a/{x", "a/x}"])("refuses %s, which it cannot read", (template) => {
    expect(() => parseRouteTemplate(template)).toThrow(/route template/);
  });
});
