import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { v5 as uuidv5 } from "uuid";
import type { LocalWorld } from "../core/localWorld.ts";
import type { JsonObject, Principal } from "../core/resourceType.ts";
import { ROLE_ASSIGNMENT_TYPE, ROLE_DEFINITION_TYPE } from "./accessControl.ts";
import { EVENT_GRID_DATA_SENDER } from "./builtInRoles.ts";
import { newAssignment } from "./roleAssignmentResource.ts";
import { permissionsOf } from "./roleDefinition.ts";

/** Any fixed namespace does: it makes the same names out of the same words at every start. */
const NAMESPACE = "00000000-0000-4000-8000-000000000000";

const OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

/** The one role that infra/ does not assign on the subscription, but on what the app's events are delivered to. */
const DESTINATION_ROLE = "eventReceiver.json";

export interface StartRoles {
  readonly app: Principal;
  readonly operator: Principal;
  readonly roleDirectory: string;
  /** Resource ids of what the app's events are delivered to. */
  readonly destinations: readonly string[];
  /** Resource ids of the topics that the app publishes at. */
  readonly topics: readonly string[];
}

/** Gives the operator Owner at the subscription, and the app the custom roles of the directory as infra/ assigns them; all effective at once. */
export function assignStartRoles(world: LocalWorld, { app, operator, roleDirectory, ...scopes }: StartRoles): void {
  const subscription = `/subscriptions/${world.subscriptionId}`;
  assign(world, operator, `${subscription}/providers/${ROLE_DEFINITION_TYPE}/${OWNER}`, subscription);
  const sender = `${subscription}/providers/${ROLE_DEFINITION_TYPE}/${EVENT_GRID_DATA_SENDER}`;
  for (const topic of scopes.topics) assign(world, app, sender, topic);
  for (const { fileName, properties } of readRoles(roleDirectory)) {
    const name = uuidv5(fileName, NAMESPACE);
    const id = `${subscription}/providers/${ROLE_DEFINITION_TYPE}/${name}`;
    const now = new Date(0).toISOString();
    world.store.put({
      id,
      name,
      type: ROLE_DEFINITION_TYPE,
      body: {
        properties: {
          ...properties,
          assignableScopes: [subscription],
          createdOn: now,
          updatedOn: now,
          createdBy: null,
          updatedBy: null,
        },
      },
    });
    for (const scope of fileName === DESTINATION_ROLE ? scopes.destinations : [subscription])
      assign(world, app, id, scope);
  }
}

function assign(world: LocalWorld, principal: Principal, roleDefinitionId: string, scope: string): void {
  const name = uuidv5(`${principal.objectId}|${roleDefinitionId}`, NAMESPACE);
  const id = `${scope}/providers/${ROLE_ASSIGNMENT_TYPE}/${name}`;
  if (world.store.get(id) !== undefined) return;
  const sent = { roleDefinitionId, principalId: principal.objectId, principalType: principal.kind };
  world.store.put({ id, name, type: ROLE_ASSIGNMENT_TYPE, body: newAssignment(sent, 0, principal.objectId) });
}

function readRoles(directory: string): readonly { readonly fileName: string; readonly properties: JsonObject }[] {
  let fileNames: readonly string[];
  try {
    fileNames = readdirSync(directory)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch (error) {
    throw new Error(`The role definitions of the app's identity are read from ${directory}, which cannot be read.`, {
      cause: error,
    });
  }
  return fileNames.map((fileName) => {
    const path = join(directory, fileName);
    const { properties } = JSON.parse(readFileSync(path, "utf8")) as { readonly properties?: JsonObject };
    if (typeof properties?.roleName !== "string" || permissionsOf(properties).length === 0) {
      throw new Error(`${path} is no role definition: it needs properties.roleName and properties.permissions.`);
    }
    return { fileName, properties };
  });
}
