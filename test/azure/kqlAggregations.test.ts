import { describe, expect, it } from "vitest";
import { columnsOf, NOW, rowsOf } from "./kqlLab.ts";

const NUMBERS =
  "datatable(g: string, x: int, ok: bool)['a', 2, true, 'a', 4, false, 'b', 9, true, 'b', int(null), true]";

/** One aggregate over the numbers above, all in one group, and what it comes to. */
const ALL: Readonly<Record<string, unknown>> = {
  "stdev(x)": Math.sqrt(13),
  "variance(x)": 13,
  "stdevp(x)": Math.sqrt(26 / 3),
  "variancep(x)": 26 / 3,
  "stdevif(x, g == 'a')": Math.SQRT2,
  "varianceif(x, g == 'a')": 2,
  "avgif(x, ok)": 5.5,
  "percentile(x, 50)": 4,
  "take_anyif(g, x > 4)": "b",
  "count_distinctif(g, ok)": 2,
  "make_list_with_nulls(x)": [2, 4, 9, null],
  "makeset(g)": ["a", "b"],
  "make_bag(bag_pack(g, x))": { a: 2, b: 9 },
  "100.0 * countif(ok) / count()": 75,
  "round(avg(x), 1) + max(x)": 14,
  "tostring(count())": "4",
};

describe("aggregates of summarize", () => {
  it("come to what their pages on learn.microsoft.com/kusto/query/ say, nulls left out", () => {
    for (const [aggregate, expected] of Object.entries(ALL)) {
      const [[value] = []] = rowsOf(`${NUMBERS} | summarize v = ${aggregate}`);
      if (typeof expected === "number") expect(value, aggregate).toBeCloseTo(expected, 10);
      else expect(value, aggregate).toEqual(expected);
    }
  });

  it("come to nothing over nothing", () => {
    expect(
      rowsOf(
        `${NUMBERS} | where x > 99 | summarize stdev(x), percentile(x, 50), make_bag(bag_pack(g, x)), count() * 2`,
      ),
    ).toEqual([[null, null, {}, 0]]);
    expect(rowsOf(`${NUMBERS} | where x == 9 | summarize stdev(x), variance(x)`)).toEqual([[0, 0]]);
  });

  it("have the columns and names that Kusto gives them", () => {
    expect(
      columnsOf(
        `${NUMBERS} | summarize percentiles(x, 50, 99.5), percentile(x, 5), 2 * count(), round(avg(x)), sum(x)`,
      ),
    ).toEqual([
      "percentile_x_50:long",
      "percentile_x_99_5:long",
      "percentile_x_5:long",
      "Column1:long",
      "avg_x:real",
      "sum_x:long",
    ]);
    expect(columnsOf(`${NUMBERS} | summarize make_set_if(g, ok), take_any(g), makelist(x)`)).toEqual([
      "set_g:dynamic",
      "g:string",
      "list_x:dynamic",
    ]);
  });

  it("make series, with what is said for steps without a row (make-series-operator)", () => {
    const query =
      "Filled | make-series n = count() default=-1, max(Port) on TimeGenerated from ago(12m) to ago(8m) step 2m by Name | sort by Name asc";
    expect(columnsOf(query)).toEqual(["Name:string", "n:dynamic", "max_Port:dynamic", "TimeGenerated:dynamic"]);
    const axis = [NOW - 720_000, NOW - 600_000].map((at) => new Date(at).toISOString().replace(".000", ""));
    expect(rowsOf(query)).toEqual([
      ["a", [-1, 1], [0, 80], axis],
      ["b", [-1, 2], [0, 443], axis],
    ]);
  });

  it("go from row to row where rows are in order (prev-function, row-cumsum-function)", () => {
    const query = "range x from 1 to 3 step 1 | serialize a = prev(x), b = prev(x, 2, 0), c = row_cumsum(x)";
    expect(rowsOf(query)).toEqual([
      [1, null, 0, 1],
      [2, 1, 0, 3],
      [3, 2, 1, 6],
    ]);
    const asked = "range x from 1 to 4 step 1 | serialize v = iff(x % 2 == 0, prev(x) + row_number(), 0) | project v";
    expect(rowsOf(asked)).toEqual([[0], [3], [0], [7]]);
    expect(rowsOf("range x from 1 to 4 step 1 | where x > 2 and row_number() > 0 and prev(x) == 2")).toEqual([[3]]);
    expect(rowsOf("range x from 1 to 4 step 1 | serialize row_cumsum(x, x == 3) | project Column1")).toEqual([
      [1],
      [3],
      [3],
      [7],
    ]);
  });
});
