import { describe, expect, it } from "vitest";
import { openMetrics } from "../../src/contracts/openMetrics.ts";

describe("openMetrics", () => {
  it("names a family before its samples, marks counters, and ends with EOF", () => {
    const text = openMetrics([
      { name: "a_seconds", type: "gauge", unit: "seconds", help: 'How "old".', samples: [{ labels: {}, value: 1.5 }] },
      { name: "b", type: "counter", help: "Many.", samples: [{ labels: { one: 'x"\\\n', two: "y" }, value: 3 }] },
      { name: "c", type: "gauge", help: "None yet.", samples: [] },
    ]);
    expect(text.split("\n")).toEqual([
      "# TYPE a_seconds gauge",
      "# UNIT a_seconds seconds",
      '# HELP a_seconds How \\"old\\".',
      "a_seconds 1.5",
      "# TYPE b counter",
      "# HELP b Many.",
      'b_total{one="x\\"\\\\\\n",two="y"} 3',
      "# TYPE c gauge",
      "# HELP c None yet.",
      "# EOF",
      "",
    ]);
  });
});
