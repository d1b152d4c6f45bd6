import { describe, expect, it } from "vitest";
import { criticalPathSeconds } from "../../src/domain/criticalPath.ts";
import { type BuiltEnvironment, remember } from "../../src/domain/environmentMemory.ts";
import type { NetworkPlugin } from "../../src/domain/environmentSpec.ts";
import { receiverObstacles } from "../../src/domain/eventReceiver.ts";
import { type Order, undertakingOf } from "../../src/domain/operationPlan.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { eventSubscriptionName, topicIdIn } from "../../src/domain/resourceNames.ts";
import type { Step } from "../../src/domain/step.ts";
import { knownOutputs, seedSpec } from "./seedSpec.ts";

const eventIds = ["eventTopics", "networkTopic", "routeTableEvents", "clusterTopic", "agentPoolEvents"];
const specWith = (networkPlugin: NetworkPlugin) => seedSpec({ cluster: { networkPlugin } });
const aboutEvents = (steps: readonly Step[]): readonly string[] =>
  steps.filter(({ id, definition }) => eventIds.includes(definition ?? id)).map(({ id, kind }) => `${kind} ${id}`);

/** An environment with clusters of these plug-ins, all of them made. */
function builtWith(...plugins: readonly NetworkPlugin[]): BuiltEnvironment {
  const outputs = { ...knownOutputs, clusterId: "/id", gatewayId: "/id" };
  const [first = "azure", ...others] = plugins;
  let built = remember(undefined, { kind: "provisioned", spec: specWith(first), outputs }, "CHG0001");
  for (const [index, networkPlugin] of others.entries()) {
    const podCidr = networkPlugin === "azure" ? {} : { podCidr: `10.${200 + index}.0.0/16` };
    const cluster = { name: `secureaks${index + 2}`, networkPlugin, ...podCidr };
    const { before } = undertakingOf({ action: "addCluster", request: { cluster } }, built);
    if (before?.kind !== "added") throw new Error("an addition is remembered before its first write");
    built = remember(built, { kind: "added", cluster: { ...before.cluster, outputs } }, "CHG0002");
  }
  if (built === undefined) throw new Error("nothing was remembered");
  return built;
}

const retirement = (cluster: string): Order => ({ action: "retireCluster", cluster });

describe("event subscriptions in a plan", () => {
  it("are made for kubenet alone: with any other plug-in there is no route to follow", () => {
    expect(aboutEvents(provisionPlan(specWith("azure")).steps)).toEqual([]);
    expect(aboutEvents(provisionPlan(specWith("overlay")).steps)).toEqual([]);
    expect([...aboutEvents(provisionPlan(specWith("kubenet")).steps)].sort()).toEqual(
      ["lookup eventTopics", ...eventIds.slice(1).map((id) => `resource ${id}`)].sort(),
    );
  });

  it("lengthen nothing", () => {
    const plan = provisionPlan(specWith("kubenet"));
    const without = plan.steps.filter(({ id }) => !eventIds.includes(id));
    expect(criticalPathSeconds(plan)).toBe(criticalPathSeconds({ steps: without }));
  });

  it("come with the first cluster that needs them, and go with the last", () => {
    const second: Order = {
      action: "addCluster",
      request: { cluster: { name: "secureaks2", networkPlugin: "kubenet", podCidr: "10.200.0.0/16" } },
    };
    expect(aboutEvents(undertakingOf(second, builtWith("azure")).plan.steps)).toHaveLength(eventIds.length);
    const retired = (built: BuiltEnvironment, name: string) =>
      aboutEvents(undertakingOf(retirement(name), built).plan.steps);
    expect(retired(builtWith("kubenet", "kubenet"), "secureaks2")).toEqual([]);
    expect(retired(builtWith("kubenet", "azure"), "secureaks2")).toEqual([]);
    expect(retired(builtWith("azure", "kubenet"), "secureaks2")).toEqual([
      "lookup secureaks2.eventTopics",
      "deletion secureaks2.routeTableEvents",
      "deletion secureaks2.agentPoolEvents",
      "deletion secureaks2.networkTopic",
      "deletion secureaks2.clusterTopic",
    ]);
  });

  it("go before the groups, and subscriptions before topics, however many clusters there are", () => {
    for (const built of [builtWith("kubenet"), builtWith("kubenet", "azure", "kubenet"), builtWith("azure")]) {
      const ids = undertakingOf({ action: "decommission" }, built).plan.steps.map(({ id }) => id);
      const places = ["agentPoolEvents", "networkTopic", "networkGroup"].map((id) => ids.indexOf(id));
      expect(places).toEqual([...places].sort((left, right) => left - right));
      expect(places).not.toContain(-1);
      expect(ids.indexOf("clusterTopic")).toBeLessThan(ids.indexOf("clusterGroup"));
    }
  });
});

describe("receiverObstacles", () => {
  const set = { clientId: "00000000-0000-0000-0000-00000000ac01", functionAppId: "/f", deadLetterContainerId: "/c" };
  const unset = { functionAppId: undefined, deadLetterContainerId: undefined };

  it("names every setting that is missing, where something subscribes", () => {
    const [none] = receiverObstacles({ ...set, ...unset }, ["cluster", "routeTableEvents"]);
    expect(none?.message).toContain("FUNCTION_APP_ID and DEAD_LETTER_CONTAINER_ID are not set");
    const [one] = receiverObstacles({ ...set, deadLetterContainerId: undefined }, ["agentPoolEvents"]);
    expect(one?.message).toContain("the app's DEAD_LETTER_CONTAINER_ID is not set");
    expect(receiverObstacles(set, ["agentPoolEvents"])).toEqual([]);
    expect(receiverObstacles({ ...set, ...unset }, ["cluster"])).toEqual([]);
  });
});

describe("names of topics and event subscriptions", () => {
  it("are what Azure takes, for any group and environment", () => {
    const spec = { ...seedSpec(), name: "e".repeat(90) };
    for (const about of ["routes", "pools"])
      expect(eventSubscriptionName(spec, about)).toMatch(new RegExp(`^portcullis-[A-Za-z0-9-]{1,52}-${about}$`));
    expect(eventSubscriptionName(spec, "routes").length).toBe(64);
    for (const group of ["(ä.b)_c", "g".repeat(90)])
      expect(topicIdIn(spec, group).split("/").at(-1)).toMatch(/^[A-Za-z0-9-]{3,128}$/);
  });
});
