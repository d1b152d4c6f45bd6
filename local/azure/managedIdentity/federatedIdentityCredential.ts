import { ArmError } from "../core/armError.ts";
import type { Json, JsonObject, ResourceType, WriteContext } from "../core/resourceType.ts";
import { sameText } from "../core/sameText.ts";

const TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/** Credentials an identity may have. Source: learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations, checked 2026-11. */
const MOST_CREDENTIALS = 20;

/**
 * Azure seconds in which a second write on the same identity is refused: the write of the first is still going on then,
 * though its answer is already known here. Source: the page above ("concurrent updates aren't supported"); the length is a guess.
 */
const WRITE_SECONDS = 1;

/** Trust in the tokens of another issuer, e.g. of a cluster's service account. */
export const federatedIdentityCredential: ResourceType = {
  type: TYPE,
  kind: "child",
  provisioningState: false,
  putSeconds: () => 0,
  validate(context) {
    checkName(context);
    checkProperties(context);
    checkSiblings(context);
  },
  prepare({ body, world }) {
    const { issuer, subject, audiences } = (body.properties ?? {}) as JsonObject;
    return { properties: { issuer, subject, audiences }, writtenAtEpochMs: world.clock.now() };
  },
  render: ({ body }) => ({ properties: body.properties }),
};

function checkName({ id }: WriteContext): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/.test(id.name)) return;
  throw new ArmError(
    400,
    "InvalidResourceName",
    `The federated identity credential name '${id.name}' is invalid: it starts with a letter or digit and has 3 to 120 letters, digits, '-' or '_'.`,
  );
}

function checkProperties({ body }: WriteContext): void {
  const { issuer, subject, audiences } = (body.properties ?? {}) as JsonObject;
  const missing = [
    ...(isText(issuer) ? [] : ["issuer"]),
    ...(isText(subject) ? [] : ["subject"]),
    ...(Array.isArray(audiences) && audiences.length > 0 ? [] : ["audiences"]),
  ];
  if (missing.length > 0) {
    throw new ArmError(
      400,
      "BadRequest",
      `The request is invalid: properties.${missing.join(", properties.")} must be set.`,
    );
  }
  if (!/^https:\/\//.test(String(issuer))) {
    throw new ArmError(400, "BadRequest", `The issuer '${String(issuer)}' is not valid: it must be an https URL.`);
  }
  if ((audiences as Json[]).length !== 1) throw new ArmError(400, "BadRequest", "Exactly one audience must be set.");
}

/** Writes on one identity come one after another; an issuer and subject may stand once; and there is a most. */
function checkSiblings({ id, body, existing, world }: WriteContext): void {
  const siblings = world.store.children(id.parentId ?? "", TYPE).filter((one) => !sameText(one.id, id.id));
  const since = world.clock.now() - WRITE_SECONDS * 1000;
  if (siblings.some((one) => Number(one.body.writtenAtEpochMs) > since)) {
    throw new ArmError(
      409,
      "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
      `Too many Federated Identity Credentials are written concurrently for the managed identity '${id.parentId ?? ""}'. Concurrent Federated Identity Credentials writes under the same managed identity are not supported.`,
    );
  }
  if (existing === undefined && siblings.length >= MOST_CREDENTIALS) {
    throw new ArmError(
      400,
      "BadRequest",
      `The managed identity has ${siblings.length} federated identity credentials. The limit is ${MOST_CREDENTIALS}.`,
    );
  }
  const sent = body.properties as JsonObject;
  const twin = siblings.find(
    ({ body: { properties } }) => properties?.issuer === sent.issuer && properties?.subject === sent.subject,
  );
  if (twin !== undefined) {
    throw new ArmError(
      409,
      "Conflict",
      `Issuer and subject combination already exists for this Managed Identity (credential '${twin.name}').`,
    );
  }
}

function isText(value: Json | undefined): boolean {
  return typeof value === "string" && value !== "";
}
