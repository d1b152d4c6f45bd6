/** What came of the pods' tries, as `kubectl` tells it. */
import * as z from "zod";
import type { EgressPlace } from "./egressPlace.ts";
import { ATTEMPTS, egressTries, jobNameOf, NAMESPACE, RUN_LABEL, TRY_LABEL } from "./egressTries.ts";
import type { Operator } from "./operator.ts";

export interface PodAnswer {
  readonly state: "none" | "waiting" | "refused" | "answered";
  /** In the words of the cluster or of curl. */
  readonly text: string;
  /** All attempts are over. */
  readonly hasEnded: boolean;
}

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()), creationTimestamp: z.string() }),
      status: z.object({
        containerStatuses: z
          .array(
            z.object({
              state: z.object({
                waiting: z.object({ reason: z.string() }).optional(),
                terminated: z.object({ exitCode: z.number() }).optional(),
              }),
            }),
          )
          .default([]),
      }),
    }),
  ),
});
type Pod = z.infer<typeof podList>["items"][number];

export interface PodSight {
  readonly operator: Operator;
  readonly place: EgressPlace;
  readonly run: string;
}

/** By the names of the tries; `known` is what the last look has seen. */
export async function readPodAnswers(
  sight: PodSight,
  known: (name: string) => PodAnswer | undefined,
): Promise<ReadonlyMap<string, PodAnswer>> {
  const { operator, place, run } = sight;
  const line = `kubectl get pods --namespace ${NAMESPACE} --selector ${RUN_LABEL}=${run} --output json`;
  const { items } = podList.parse(JSON.parse(await operator.kubectl(place.clusterId, line)));
  const answers = new Map<string, PodAnswer>();
  for (const each of egressTries) {
    const before = known(each.name);
    const pods = items
      .filter(({ metadata }) => metadata.labels[TRY_LABEL] === each.name)
      .sort((left, right) => left.metadata.creationTimestamp.localeCompare(right.metadata.creationTimestamp));
    const answer = before?.hasEnded === true ? before : await answerOf(sight, jobNameOf(each, run), pods);
    if (answer !== undefined) answers.set(each.name, answer);
    else if (before !== undefined) answers.set(each.name, before);
  }
  return answers;
}

/** What the newest pod of a job has come to; undefined while it has come to nothing. */
async function answerOf(
  { operator, place }: PodSight,
  job: string,
  pods: readonly Pod[],
): Promise<PodAnswer | undefined> {
  const { waiting, terminated } = pods.at(-1)?.status.containerStatuses[0]?.state ?? {};
  if (waiting !== undefined && /ImagePull/.test(waiting.reason))
    return { state: "waiting", text: waiting.reason, hasEnded: false };
  if (terminated === undefined) return undefined;
  const hasEnded = terminated.exitCode === 0 || pods.length >= ATTEMPTS;
  const output = await operator
    .kubectl(place.clusterId, `kubectl logs job/${job} --namespace ${NAMESPACE}`)
    .catch((error: unknown) => {
      // The next attempt's pod has come meanwhile, and has said nothing yet.
      if (hasEnded) throw error;
    });
  const text = output?.trim().split("\n")[0];
  if (text === undefined) return undefined;
  return terminated.exitCode === 0
    ? { state: "answered", text: `HTTP ${text}`, hasEnded }
    : { state: "refused", text, hasEnded };
}
