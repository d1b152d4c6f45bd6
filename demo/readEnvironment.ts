import { type EnvironmentStatus, environmentStatus } from "../src/contracts/environmentStatus.ts";

export interface AskedEnvironment {
  readonly appUrl: string;
  readonly environment: string;
}

/** `GET /api/environments/{name}`, checked against its contract. */
export async function readEnvironment({ appUrl, environment }: AskedEnvironment): Promise<EnvironmentStatus> {
  const answer = await fetch(`${appUrl}/api/environments/${environment}`);
  if (answer.status !== 200) throw new Error(`The app says of ${environment}: ${answer.status} ${await answer.text()}`);
  return environmentStatus.parse(await answer.json());
}
