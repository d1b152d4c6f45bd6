import { describe, expect, it } from "vitest";
import { withDefaults } from "../../src/domain/environmentDefaults.ts";
import { remember } from "../../src/domain/environmentMemory.ts";
import { environmentSpec } from "../../src/domain/environmentSpec.ts";
import { routeScope } from "../../src/domain/routeScope.ts";

const spec = environmentSpec(
  withDefaults({ cluster: { networkPlugin: "kubenet" } }),
  "00000000-0000-0000-0000-000000000001",
);
const provisioned = (clusterId?: string) =>
  remember(undefined, { kind: "provisioned", spec, outputs: clusterId === undefined ? {} : { clusterId } }, "CHG0001");
const namesIn = (built: ReturnType<typeof remember>): readonly string[] =>
  built === undefined ? [] : routeScope(built).clusters.map(({ name }) => name);

describe("routeScope", () => {
  it("is about the clusters with kubenet that stand", () => {
    expect(namesIn(provisioned("/id"))).toEqual(["secureaks1"]);
    expect(namesIn(provisioned())).toEqual([]);
    const azure = { ...spec, cluster: { ...spec.cluster, networkPlugin: "azure" as const } };
    expect(
      namesIn(remember(undefined, { kind: "provisioned", spec: azure, outputs: { clusterId: "/id" } }, "C")),
    ).toEqual([]);
  });

  it("leaves out what an operation takes away, from its first step until it has ended", () => {
    const leaving = remember(provisioned("/id"), { kind: "leaving", clusters: ["SECUREAKS1"] }, "CHG0002");
    expect(namesIn(leaving)).toEqual([]);
    expect(namesIn(remember(leaving, { kind: "stayed" }, "CHG0002"))).toEqual(["secureaks1"]);
    expect(remember(leaving, { kind: "retired", cluster: "secureaks1" }, "CHG0002")?.leaving).toBeUndefined();
  });

  it("does not believe a mark that another operation left behind", () => {
    const leaving = remember(provisioned("/id"), { kind: "leaving", clusters: ["secureaks1"] }, "CHG0002");
    expect(namesIn(remember(leaving, { kind: "provisioned", spec, outputs: {} }, "CHG0003"))).toEqual(["secureaks1"]);
    expect(namesIn(remember(leaving, { kind: "switched", to: "secureaks1" }, "CHG0003"))).toEqual(["secureaks1"]);
  });
});
