/** One request from inside the cluster, as a job: what comes of it is what the firewall lets a pod do. */
import type { JsonObject } from "../domain/json.ts";
import { APPLICATION_NAMESPACE, digestOf } from "../domain/resourceNames.ts";
import { SAMPLE_IMAGE } from "../domain/sampleImages.ts";

/** The longest name of a job, in characters: its pods carry it as a label. */
const JOB_NAME_CHARACTERS = 63;

/** Seconds that curl waits for an answer; a packet that the firewall drops gives none. */
const CURL_SECONDS_MAX = 20;

/** Seconds that a finished job is kept for those who want to look. */
const KEPT_SECONDS = 300;

/** A new job for every run: an older one's result must never pass for today's, nor that of a number that differs in what a job's name cannot show. */
export function egressJobName(purpose: "allowed" | "refused", run: string): string {
  const digest = digestOf(run);
  const shown = `egress-${purpose}-${run.toLowerCase().replace(/[^a-z0-9-]/g, "-")}`;
  return `${shown.slice(0, JOB_NAME_CHARACTERS - digest.length - 1)}-${digest}`;
}

export function egressJob(name: string, url: string): JsonObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: APPLICATION_NAMESPACE, labels: { "app.kubernetes.io/managed-by": "portcullis" } },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "egress",
              // It brings curl, and the firewall lets it in whatever the ticket allows besides.
              image: SAMPLE_IMAGE,
              command: ["curl"],
              args: [
                "--silent",
                "--show-error",
                "--fail",
                "--location",
                "--max-time",
                String(CURL_SECONDS_MAX),
                "--output",
                "/dev/null",
                "--write-out",
                "%{http_code}",
                url,
              ],
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
          ],
        },
      },
    },
  };
}
