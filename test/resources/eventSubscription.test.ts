import { describe, expect, it } from "vitest";
import { lookupDefinition, resourceDefinition } from "../../src/resources/catalog.ts";
import { decideDeletion } from "../../src/resources/deletionDecision.ts";
import { decideResource } from "../../src/resources/resourceDecision.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const spec = seedSpec({ cluster: { networkPlugin: "kubenet" } });
const group = (name: string) => `/subscriptions/${spec.subscriptionId}/resourceGroups/${name}`;
const topic = (id: string, source: string, topicType = "Microsoft.Resources.ResourceGroups") => ({
  id,
  properties: { source, topicType },
});

describe("the look for system topics", () => {
  const { outputs } = lookupDefinition("eventTopics");

  it("takes those that the groups have, wherever they lie and however they are spelt, and ours for the others", () => {
    const theirs = `${group("ops")}/providers/Microsoft.EventGrid/systemTopics/theirs`;
    const value = [
      topic("/other-type", group("securevnets"), "Microsoft.PolicyInsights.PolicyStates"),
      topic("/other-group", group("securevnets2")),
      topic(theirs, group("SecureVnets").toLowerCase(), "microsoft.resources.resourcegroups"),
    ];
    expect(outputs({ value }, spec)).toEqual({
      networkTopicId: theirs,
      clusterTopicId: `${group("securek8s")}/providers/Microsoft.EventGrid/systemTopics/egst-securek8s`,
    });
  });
});

describe("a system topic", () => {
  const definition = resourceDefinition("networkTopic");
  const id = definition.id(spec, knownOutputs);
  const desired = definition.desired(spec, knownOutputs);
  const ours = { ...desired, id, tags: { "portcullis-environment": "seed", "portcullis-created-by": "seed" } };

  it("of somebody else's is used as it is, and never deleted", () => {
    const existing = { ...desired, id, tags: { owner: "ops" } };
    expect(decideResource(definition, { id, existing, desired, spec })).toEqual({ kind: "right" });
    const decision = decideDeletion(definition, { id, environment: "seed", read: () => existing });
    expect(decision.kind).toBe("leave");
  });

  it("of ours is deleted when nobody subscribes to it any more", () => {
    const holding = (value: readonly object[]) =>
      decideDeletion(definition, {
        id,
        environment: "seed",
        read: (at) => (at.id === id ? ours : { value: value as [] }),
      });
    expect(holding([])).toEqual({ kind: "delete" });
    expect(holding([{ id: `${id}/eventSubscriptions/theirs`, name: "theirs" }])).toEqual({
      kind: "leave",
      reason: "it holds theirs",
    });
  });
});
