/** What is read from answers out of the cluster: pods and the logs of egress jobs. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from "../domain/json.ts";
import { INGRESS_NAMESPACE, INGRESS_RELEASE } from "../domain/resourceNames.ts";
import type { CommandResult, Look, VerificationInput } from "./commandDefinition.ts";
import { lastLine } from "./rolloutSettling.ts";

/** V-2: a pod of the ingress controller is ready. */
export function ingressPodsLook(result: CommandResult): Look {
  const about = (ok: boolean, detail: string): Look => ({
    finding: { id: "verifyIngressController", ok, detail },
    final: ok,
  });
  const pods = podsOf(result);
  if (pods === undefined) return about(false, `kubectl could not list the pods: ${lastLine(result.logs)}`);
  if (pods.length === 0) return about(false, `There is no ${INGRESS_RELEASE} pod in ${INGRESS_NAMESPACE}.`);
  const ready = pods.find(isReady);
  if (ready !== undefined)
    return about(true, `The pod ${textAt(ready, "metadata.name")} is ready in ${INGRESS_NAMESPACE}.`);
  return about(false, `No ${INGRESS_RELEASE} pod is ready: ${pods.map(podState).join(", ")}.`);
}

function podsOf(result: CommandResult): readonly JsonObject[] | undefined {
  if (result.exitCode !== 0) return undefined;
  try {
    const list = JSON.parse(result.logs) as Json;
    return isJsonObject(list) && isJsonArray(list.items) ? list.items.filter(isJsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function isReady(pod: JsonObject): boolean {
  const conditions = isJsonObject(pod.status) && isJsonArray(pod.status.conditions) ? pod.status.conditions : [];
  return conditions.some(
    (condition) => isJsonObject(condition) && condition.type === "Ready" && condition.status === "True",
  );
}

/** "ingress-azure-abc: CrashLoopBackOff", or the pod's phase when no container waits. */
function podState(pod: JsonObject): string {
  const statuses =
    isJsonObject(pod.status) && isJsonArray(pod.status.containerStatuses) ? pod.status.containerStatuses : [];
  const waiting = statuses
    .map((status) => textAt(status, "state.waiting.reason"))
    .find((reason) => reason !== undefined);
  return `${textAt(pod, "metadata.name")}: ${waiting ?? textAt(pod, "status.phase") ?? "unknown"}`;
}

/**
 * How curl ends when something on the way refuses: 7 refused, 22 an HTTP error page (Azure Firewall answers plain HTTP
 * with 470), 28 no answer, 35 reset while TLS begins, 52 nothing sent, 56 reset later.
 * A name that does not resolve (6) proves nothing about the firewall. Source: curl.se/docs/manpage.html, checked 2026-11.
 */
const refusals: ReadonlyMap<number, string> = new Map([
  [7, "the connection was refused"],
  [22, "an error page came instead"],
  [28, "no answer came"],
  [35, "the connection was cut while TLS began"],
  [52, "nothing came back"],
  [56, "the connection was cut"],
]);

/** V-5: what a job's curl saw, against what it should have seen. */
export function jobLogsLook(purpose: "allowed" | "refused", result: CommandResult, { spec }: VerificationInput): Look {
  const url = purpose === "allowed" ? spec.verification.allowedUrl : spec.verification.refusedUrl;
  const id = purpose === "allowed" ? "verifyEgressAllowed" : "verifyEgressRefused";
  const about = (ok: boolean, final: boolean, detail: string): Look => ({ finding: { id, ok, detail }, final });
  if (result.exitCode !== 0) return about(false, false, `The job for ${url} has not run yet: ${lastLine(result.logs)}`);
  const ended = curlEnd(result.logs);
  if (ended === undefined) return about(false, false, `The job for ${url} is running.`);
  const { exitCode, httpStatus } = ended;
  if (exitCode === 0) return about(purpose === "allowed", true, `A pod reached ${url}: HTTP ${httpStatus}.`);
  const reason = refusals.get(exitCode);
  if (reason === undefined)
    return about(
      false,
      true,
      `A pod's curl to ${url} ended with ${exitCode}, which says nothing about the firewall: ${curlWords(result.logs)}`,
    );
  return about(
    purpose === "refused",
    true,
    `A pod did not reach ${url}: ${reason} (curl ${exitCode}${httpStatus === 0 ? "" : `, HTTP ${httpStatus}`}).`,
  );
}

/** curl always writes the status it got at its end ("000" for none); before that there is nothing. */
function curlEnd(logs: string): { readonly exitCode: number; readonly httpStatus: number } | undefined {
  const status = /(?:^|\D)(\d{3})\s*$/m.exec(logs.replace(/curl: \(\d+\).*$/gm, ""));
  const failure = /curl: \((\d+)\)/.exec(logs);
  if (status === null && failure === null) return undefined;
  return { exitCode: failure === null ? 0 : Number(failure[1]), httpStatus: status === null ? 0 : Number(status[1]) };
}

function curlWords(logs: string): string {
  return /curl: \(\d+\).*/.exec(logs)?.[0] ?? lastLine(logs);
}
