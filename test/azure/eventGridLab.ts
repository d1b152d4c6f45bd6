import type { Json, JsonObject } from "../../local/azure/core/resourceType.ts";
import type { LocalAzureOptions } from "../../local/azure/localAzure.ts";
import { type Answer, type CoreLab, startCoreLab } from "./coreLab.ts";
import { startWebhook, type Webhook } from "./webhook.ts";

/** A system topic on a resource group, a storage account for dead letters, and a webhook. */
export interface EventGridLab {
  readonly core: CoreLab;
  readonly hook: Webhook;
  readonly group: string;
  readonly topic: string;
  readonly account: string;
  readonly deadLetters: string;
  /** PUTs a subscription of the webhook and lets it become ready; returns it as it is then. */
  subscribe(name: string, properties?: JsonObject, destination?: JsonObject): Promise<JsonObject>;
  /** The body that `subscribe` sends. */
  body(properties?: JsonObject, destination?: JsonObject): JsonObject;
  put(name: string, body: JsonObject): Promise<Answer>;
  /** Writes a route table in the group, as the operator, and lets it settle; that is one event. */
  write(name: string): Promise<Answer>;
  seconds(seconds: number): Promise<void>;
  /** The events in the dead-letter container, oldest first. */
  letters(): readonly JsonObject[];
  stop(): Promise<void>;
}

export async function startEventGridLab(options: Partial<LocalAzureOptions> = {}): Promise<EventGridLab> {
  const core = await startCoreLab(options);
  const hook = await startWebhook();
  const group = await core.group("rg-events");
  const topic = `${group}/providers/Microsoft.EventGrid/systemTopics/topic`;
  const account = `${group}/providers/Microsoft.Storage/storageAccounts/deadletters`;
  const deadLetters = `${account}/blobServices/default/containers/letters`;
  const lab: EventGridLab = {
    core,
    hook,
    group,
    topic,
    account,
    deadLetters,
    body: (properties = {}, destination = {}) => ({
      properties: {
        destination: { endpointType: "WebHook", properties: { endpointUrl: hook.url, ...destination } },
        filter: { subjectBeginsWith: `${group}/providers/Microsoft.Network/routeTables/` },
        ...properties,
      },
    }),
    put: (name, body) => core.send("PUT", `${topic}/eventSubscriptions/${name}`, { body }),
    async subscribe(name, properties, destination) {
      const answer = await lab.put(name, lab.body(properties, destination));
      if (answer.status >= 400) throw new Error(`${answer.outcome}: ${JSON.stringify(answer.body)}`);
      await lab.seconds(READY_SECONDS);
      return (await core.send("GET", `${topic}/eventSubscriptions/${name}`)).body;
    },
    async write(name) {
      const path = `${group}/providers/Microsoft.Network/routeTables/${name}`;
      const answer = await core.send("PUT", path, { body: { location: "westeurope" } });
      await lab.seconds(WRITE_SECONDS);
      return answer;
    },
    seconds: (seconds) => core.clock.advance(seconds * 1000),
    letters: () => core.azure.blobs(deadLetters).flatMap(({ text }) => JSON.parse(text) as JsonObject[]),
    async stop() {
      await core.stop();
      await hook.stop();
    },
  };
  await prepare(lab);
  return lab;
}

/** By then a subscription has agreed with its endpoint and listens. */
const READY_SECONDS = 30;
/** By then a small write is done and its event delivered, when all goes well. */
const WRITE_SECONDS = 30;

async function prepare({ core, group, topic, account, deadLetters, seconds }: EventGridLab): Promise<void> {
  const put = async (path: string, body: JsonObject): Promise<void> => {
    const { status, outcome } = await core.send("PUT", path, { body });
    if (status >= 400) throw new Error(`PUT ${path}: ${outcome}`);
    await seconds(READY_SECONDS);
  };
  const properties: Json = { source: group, topicType: "Microsoft.Resources.ResourceGroups" };
  await put(topic, { location: "global", properties });
  await put(account, { location: "westeurope", kind: "StorageV2", sku: { name: "Standard_LRS" } });
  await put(deadLetters, {});
}

/** A dead-letter destination in the lab's container. */
export function deadLetterTo({ account }: EventGridLab): JsonObject {
  return { endpointType: "StorageBlob", properties: { resourceId: account, blobContainerName: "letters" } };
}

/** The time of each delivery in Azure seconds after the first. */
export function gapsOf(epochMs: readonly number[]): readonly number[] {
  return epochMs.map((at) => Math.round((at - (epochMs[0] ?? 0)) / 1000));
}
