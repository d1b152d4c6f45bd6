import type { ArmOperation, Json, OperationContext } from "../core/resourceType.ts";
import { field, listField } from "../kubernetes/jsonFields.ts";

const TYPE = "Microsoft.EventGrid/systemTopics/eventSubscriptions";

/** What a GET of the subscription keeps to itself. Source: learn.microsoft.com/rest/api/eventgrid/controlplane/system-topic-event-subscriptions, checked 2026-11. */
export const subscriptionOperations: readonly ArmOperation[] = [
  {
    method: "POST",
    path: `{${TYPE}}/getFullUrl`,
    action: `${TYPE}/getFullUrl/action`,
    handle: (context) => ({ status: 200, body: { endpointUrl: destinationField(context, "endpointUrl") ?? null } }),
  },
  {
    method: "POST",
    path: `{${TYPE}}/getDeliveryAttributes`,
    action: `${TYPE}/getDeliveryAttributes/action`,
    handle: ({ resource }) => ({
      status: 200,
      body: {
        value: listField(resource?.body, "properties", "destination", "properties", "deliveryAttributeMappings"),
      },
    }),
  },
];

function destinationField({ resource }: OperationContext, name: string): Json | undefined {
  return field(resource?.body, "properties", "destination", "properties", name);
}
