/** What the operator does with a rule that is proposed: it goes into a rule collection group of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { EgressPlace } from "./egressPlace.ts";
import type { Operator } from "./operator.ts";

const NETWORK = "2024-05-01";
const GROUP = "egress-demo";
/** After the environment's own groups. */
const GROUP_PRIORITY = 500;
/** Between two looks, and of them at most; a write of an attached policy takes four of Azure's minutes. */
const LOOK_MS = 100;
const LOOKS_MAX = 3000;

const groupList = z.object({ value: z.array(z.object({ name: z.string(), properties: z.looseObject({}) })) });

/** Begins the write; what it opens is open when Azure has ended it. */
export async function addRule(operator: Operator, { policyId }: EgressPlace, ruleCollection: string): Promise<void> {
  const properties = { priority: GROUP_PRIORITY, ruleCollections: [JSON.parse(ruleCollection)] };
  await operator.arm("PUT", groupIdOf(policyId), NETWORK, { properties });
}

/** Takes out what an earlier demonstration has left. */
export async function removeRules(operator: Operator, { policyId }: EgressPlace): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const groups = await operator.arm("GET", `${policyId}/ruleCollectionGroups`, NETWORK);
    return groupList.parse(groups).value.some(({ name }) => name === GROUP);
  };
  if (!(await isThere())) return;
  await operator.arm("DELETE", groupIdOf(policyId), NETWORK);
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (!(await isThere())) return;
    await sleep(LOOK_MS);
  }
  throw new Error(`${GROUP} was not deleted after ${(LOOK_MS * LOOKS_MAX) / 1000} s.`);
}

function groupIdOf(policyId: string): string {
  return `${policyId}/ruleCollectionGroups/${GROUP}`;
}
