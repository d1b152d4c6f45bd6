import { describe, expect, it } from "vitest";
import { columnsOf, rowsOf, values } from "./kqlLab.ts";

const LINE = "print t = 'UDP request from 10.0.3.4:123 to 51.141.32.51:443. Action: Deny'";

describe("a query that reads texts", () => {
  it("is the same with comments anywhere, and reports names without them", () => {
    expect(
      rowsOf("// first\nFilled // second\n| where // third\nName == 'a' // fourth\n| project // fifth\nPort"),
    ).toEqual([[80]]);
    expect(columnsOf("// c\nFilled | summarize a = count(), // of all\n  max(Port)")).toEqual([
      "a:long",
      "max_Port:int",
    ]);
    expect(() => rowsOf("// which\nUnfilled | take 1")).toThrow(
      "'take' operator: Failed to resolve table or column expression named 'Unfilled'",
    );
  });

  it("takes whole values out of a line, whatever follows them (parse-operator)", () => {
    const read = (parse: string, columns: string) => rowsOf(`${LINE} | ${parse} | project ${columns}`);
    expect(read("parse t with * ':' p: int * ' to ' ip ':' q: int *", "p, ip, q")).toEqual([
      [123, "51.141.32.51", 443],
    ]);
    expect(read("parse t with proto ' request from ' port: int", "proto, port")).toEqual([["", null]]);
    expect(read("parse kind=relaxed t with proto ' request' * '. ' port: int", "proto, port")).toEqual([["UDP", null]]);
    expect(
      read("parse kind=regex t with @'\\w+ request from ' ip @':\\d+ to ' * 'Action: ' action", "ip, action"),
    ).toEqual([["10.0.3.4", "Deny"]]);
    expect(read("parse kind=regex flags=i t with * 'ACTION: ' action", "action")).toEqual([["Deny"]]);
    expect(
      rowsOf(
        "print a = '2026-11-04 12:00 x', b = '00:01:30;' | parse a with d: datetime * | parse b with s: timespan * | project d, s",
      ),
    ).toEqual([[Date.UTC(2026, 10, 4, 12), 90_000]]);
    expect(() => read("parse kind=regex flags=U t with a @'\\s+' b", "a")).toThrow("the flag U beside quantifiers");
  });

  it("leaves out what does not match (parse-where-operator)", () => {
    const lines = "datatable(t: string)['port 80', 'port x', 'none']";
    expect(rowsOf(`${lines} | parse-where t with 'port ' n: int | project n`)).toEqual([[80]]);
    expect(rowsOf(`${lines} | parse t with 'port ' n: int | project n`)).toEqual([[80], [null], [null]]);
  });

  it("finds terms in any column and table (where-operator, search-operator)", () => {
    const filled = (condition: string) => rowsOf(`Filled | where ${condition} | project Name, Port`);
    expect(filled("* has '443'")).toEqual([["b", 443]]);
    expect(filled("* contains '44' and Name == 'b'")).toEqual([["b", 443]]);
    expect(rowsOf("search 'B' | project $table, Name, Port")).toEqual([
      ["Filled", "b", 443],
      ["Filled", "b", null],
    ]);
    const count = (search: string): unknown => rowsOf(`${search} | count`)[0]?.[0];
    expect(count("search in (Filled, Unfilled) Name:'a' or '443'")).toBe(2);
    expect(count("search kind=case_sensitive 'B'")).toBe(0);
    expect([count("search '4*'"), count("search '*43'"), count("search '*4*'"), count("search '4*3'")]).toEqual([
      1, 1, 1, 1,
    ]);
    expect(count("Filled | search 'b' and '443'")).toBe(1);
    expect(() => rowsOf("search in (Unfilled) 'a'")).toThrow("'search' operator: Failed to resolve table");
  });

  it("finds tables by pattern, those that were filled (union-operator)", () => {
    expect(rowsOf("union withsource=T *lled | summarize count() by T")).toEqual([["Filled", 3]]);
    expect(rowsOf("union * | count")).toEqual([[3]]);
    expect(() => rowsOf("union Unf* | count")).toThrow("Failed to resolve table or column expression named 'Unfilled'");
  });

  it("compares a text with what it spells, and refuses what has no order", () => {
    expect(values("443 == '443'", "'0' == 0", "443 != 'x'", "true == 'True'", "'x' == true")).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(rowsOf("Filled | where Port in ('80', '9') or Port == '443' | count")).toEqual([[2]]);
    expect(rowsOf("Filled | where tostring(Port) in (80, 443) | count")).toEqual([[2]]);
    const refused: Readonly<Record<string, string>> = {
      "TimeGenerated == 4": "Cannot compare values of types datetime and long",
      "Name > 'a'": "Cannot compare values of types string and string",
      "Name > 4": "'where' operator: Cannot compare values of types string and long. Try adding explicit casts",
      "TimeGenerated > '2026-01-01'": "Cannot compare values of types datetime and string",
    };
    for (const [condition, message] of Object.entries(refused))
      expect(() => rowsOf(`Filled | where ${condition}`), condition).toThrow(message);
  });

  it("names its lets inside of functions, too", () => {
    const query =
      "let f = (least: int) { let all = Filled | where Port >= least; let most = toscalar(all | summarize max(Port)); all | where Port == most }; f(least=1) | project Port";
    expect(rowsOf(query)).toEqual([[443]]);
  });

  it("looks up, samples and tells of columns (lookup-, sample-distinct-, getschema-operator)", () => {
    const names = "let Hosts = datatable(Who: string, Host: string, Port: int)['a', 'vm1', 1];";
    const query = `${names} Filled | lookup Hosts on $left.Name == $right.Who | project-away TimeGenerated`;
    expect(columnsOf(query)).toEqual(["Name:string", "Port:int", "Host:string", "Port1:int"]);
    expect(rowsOf(query)).toEqual([
      ["a", 80, "vm1", 1],
      ["b", 443, "", null],
      ["b", null, "", null],
    ]);
    expect(rowsOf("Filled | sample-distinct 5 of Name")).toEqual([["a"], ["b"]]);
    expect(rowsOf("Filled | sample 2 | as T | count")).toEqual([[2]]);
    expect(rowsOf("Filled | getschema | where ColumnName == 'Port'")).toEqual([["Port", 2, "System.Int32", "int"]]);
  });
});
