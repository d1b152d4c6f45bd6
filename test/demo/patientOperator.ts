import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Operator, operatorOf } from "../../demo/operator.ts";
import { describeAzure } from "../../local/azure/describeAzure.ts";
import type { World } from "../harness/world.ts";

/** A run command has ended by then; two of them in a row are far shorter than an event is late. */
const COMMAND_SECONDS = 30;

/** The operator of a demonstration, to whom time passes while he asks for the time and while he waits for a command. */
export function patientOperator({ azure, clock }: World, lookSeconds: number): Operator {
  const directory = mkdtempSync(path.join(tmpdir(), "portcullis-"));
  const ca = path.join(directory, "ca.pem");
  writeFileSync(ca, azure.caPem);
  const operator = operatorOf(describeAzure(azure, ca));
  rmSync(directory, { recursive: true });
  return {
    ...operator,
    async kubectl(...line) {
      const before = azure.requests.length;
      const output = operator.kubectl(...line);
      while (!azure.requests.slice(before).some(({ method }) => method === "POST")) await new Promise(setImmediate);
      await clock.advance(COMMAND_SECONDS * 1000);
      return output;
    },
    async local(method, door, body) {
      if (door === "/_local/stats") await clock.advance(lookSeconds * 1000);
      return operator.local(method, door, body);
    },
  };
}
