import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, Principal } from "../../local/azure/core/resourceType.ts";
import { type Answer, type CoreLab, errorOf, ROLE, startCoreLab } from "./coreLab.ts";

let lab: CoreLab;
let group: string;
let nameCount = 0;

beforeAll(async () => {
  lab = await startCoreLab();
  group = await lab.group("rg-authorization");
});
afterAll(() => lab.stop());

const location = "westeurope";
const guid = () => `00000000-0000-4000-8000-${String(++nameCount).padStart(12, "0")}`;
const newcomer = () => lab.identity(group, `id-newcomer-${++nameCount}`);
const roleId = (role: string) => `${lab.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;

function assign(
  scope: string,
  properties: JsonObject,
  options: { name?: string; as?: Principal } = {},
): Promise<Answer> {
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${options.name ?? guid()}`;
  return lab.send("PUT", path, { body: { properties }, ...(options.as === undefined ? {} : { as: options.as }) });
}

const assignment = (principal: Principal, role: string = ROLE.reader): JsonObject => ({
  roleDefinitionId: roleId(role),
  principalId: principal.objectId,
  principalType: "ServicePrincipal",
});

describe("access", () => {
  it("is denied in Azure's own words to who has no role, before it says what exists", async () => {
    const nobody = await newcomer();
    const missing = `${group}/providers/Microsoft.Network/routeTables/rt-none`;
    const answer = await lab.send("GET", missing, { as: nobody });
    expect(answer.outcome).toBe("403 AuthorizationFailed");
    expect(errorOf(answer).message).toBe(
      `The client '${nobody.appId}' with object id '${nobody.objectId}' does not have authorization to perform action 'Microsoft.Network/routeTables/read' over scope '${missing}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  });

  it("is told to who has it, as the permissions of his roles at a group or a resource", async () => {
    const reader = await newcomer();
    const table = `${group}/providers/Microsoft.Network/routeTables/rt-permissions`;
    const permissions = (scope: string) =>
      lab.send("GET", `${scope}/providers/Microsoft.Authorization/permissions`, { as: reader });
    await lab.send("PUT", table, { body: { location } });
    expect((await permissions(table)).outcome).toBe("403 AuthorizationFailed");
    await lab.grant(reader, ROLE.reader, group);
    const value = [{ actions: ["*/read"], notActions: [], dataActions: [], notDataActions: [] }];
    expect((await permissions(table)).body).toEqual({ value });
    expect((await permissions(group)).body).toEqual({ value });
    expect((await permissions(`${table}-none`)).status).toBe(404);
  });

  it("comes with a role only after the assignment has spread", async () => {
    const reader = await newcomer();
    expect((await assign(group, assignment(reader))).status).toBe(201);
    expect((await lab.send("GET", group, { as: reader })).status).toBe(403);
    await lab.clock.advance(29_999);
    expect((await lab.send("GET", group, { as: reader })).status).toBe(403);
    await lab.clock.advance(1);
    expect((await lab.send("GET", group, { as: reader })).status).toBe(200);
  });

  it("is inherited downwards, not sideways or upwards", async () => {
    const other = await lab.group("rg-other");
    const reader = await newcomer();
    await lab.grant(reader, ROLE.reader, group);
    await lab.send("PUT", `${group}/providers/Microsoft.Network/routeTables/rt`, { body: { location } });
    await lab.clock.advance(30_000);
    const read = (path: string) => lab.send("GET", path, { as: reader }).then(({ status }) => status);
    expect(await read(`${group}/providers/Microsoft.Network/routeTables/rt`)).toBe(200);
    expect(await read(other)).toBe(403);
    expect(await read(`${lab.subscription}/providers/Microsoft.Network/routeTables`)).toBe(403);
    expect(await read(`${group}-longer-name`)).toBe(403);
    const groups = (await lab.send("GET", `${lab.subscription}/resourceGroups`, { as: reader })).body
      .value as JsonObject[];
    expect(groups.map(({ name }) => name)).toEqual(["rg-authorization"]);
  });

  it("follows actions and notActions: a Contributor writes resources and no role assignments", async () => {
    const contributor = await newcomer();
    await lab.grant(contributor, ROLE.contributor, group);
    const write = await lab.send("PUT", `${group}/providers/Microsoft.Network/routeTables/rt-c`, {
      as: contributor,
      body: { location },
    });
    expect(write.status).toBe(201);
    await lab.clock.advance(30_000);
    const denied = await assign(group, assignment(contributor), { as: contributor });
    expect(denied.outcome).toBe("403 AuthorizationFailed");
    expect(errorOf(denied).message).toContain("'Microsoft.Authorization/roleAssignments/write'");
    const readable = await lab.send("GET", `${group}/providers/Microsoft.Authorization/roleAssignments`, {
      as: contributor,
    });
    expect(readable.status).toBe(200);
  });

  it("to what a body names is needed too: 403 LinkedAuthorizationFailed", async () => {
    const writer = await newcomer();
    const outside = await lab.group("rg-tables");
    const table = `${outside}/providers/Microsoft.Network/routeTables/rt`;
    await lab.send("PUT", table, { body: { location } });
    await lab.clock.advance(30_000);
    await lab.grant(writer, ROLE.networkContributor, group);
    const vnet = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
    const body = {
      location,
      properties: {
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        subnets: [{ name: "snet", properties: { addressPrefix: "10.0.1.0/24", routeTable: { id: table } } }],
      },
    };
    const denied = await lab.send("PUT", vnet, { as: writer, body });
    expect(denied.outcome).toBe("403 LinkedAuthorizationFailed");
    expect(errorOf(denied).message).toContain(
      `does not have permission to perform action(s) 'Microsoft.Network/routeTables/join/action' on the linked scope(s) '${table}'`,
    );
    expect((await lab.send("GET", vnet)).status).toBe(404);
    await lab.grant(writer, ROLE.networkContributor, table);
    expect((await lab.send("PUT", vnet, { as: writer, body })).status).toBe(201);
    await lab.clock.advance(30_000);
  });

  it("ends when the assignment is deleted", async () => {
    const reader = await newcomer();
    const name = guid();
    await assign(group, assignment(reader), { name });
    await lab.clock.advance(30_000);
    const path = `${group}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    const deleted = await lab.send("DELETE", path);
    expect(deleted.status).toBe(200);
    expect(deleted.body.name).toBe(name);
    expect((await lab.send("GET", group, { as: reader })).status).toBe(403);
    expect((await lab.send("DELETE", path)).status).toBe(204);
    expect((await lab.send("GET", path)).outcome).toBe("404 RoleAssignmentNotFound");
  });
});

describe("role assignments", () => {
  it("to an identity younger than the directory's delay need its principalType", async () => {
    const young = await newcomer();
    const { principalType: _, ...untyped } = assignment(young);
    const refused = await assign(group, untyped);
    expect(refused.outcome).toBe("400 PrincipalNotFound");
    expect(errorOf(refused).message).toMatch(/^Principal [0-9a-f]{32} does not exist in the directory /);
    expect((await assign(group, { ...untyped, principalType: "ServicePrincipal" })).status).toBe(201);
    const other = await newcomer();
    await lab.clock.advance(15_000);
    expect((await assign(group, { ...untyped, principalId: other.objectId })).status).toBe(201);
  });

  it("to nobody, or to a principal of another kind, are refused", async () => {
    const known = await newcomer();
    expect((await assign(group, { ...assignment(known), principalId: guid() })).outcome).toBe("400 PrincipalNotFound");
    expect((await assign(group, { ...assignment(known), principalId: known.appId })).outcome).toBe(
      "400 PrincipalNotFound",
    );
    expect((await assign(group, { ...assignment(known), principalId: "me" })).outcome).toBe("400 InvalidPrincipalId");
    await lab.clock.advance(15_000);
    expect((await assign(group, { ...assignment(known), principalType: "User" })).outcome).toBe(
      "400 UnmatchedPrincipalType",
    );
  });

  it("exist once for a role, a principal and a scope, and never change", async () => {
    const reader = await newcomer();
    const name = guid();
    expect((await assign(group, assignment(reader), { name })).status).toBe(201);
    expect((await assign(group, assignment(reader), { name })).status).toBe(200);
    const twin = await assign(group, assignment(reader));
    expect(twin.outcome).toBe("409 RoleAssignmentExists");
    expect(errorOf(twin).message).toBe(
      `The role assignment already exists. The ID of the existing role assignment is ${name.replaceAll("-", "")}.`,
    );
    const changed = await assign(group, assignment(reader, ROLE.contributor), { name });
    expect(changed.outcome).toBe("400 RoleAssignmentUpdateNotPermitted");
    expect((await assign(group, assignment(reader), { name: "not-a-guid" })).outcome).toBe(
      "400 InvalidRoleAssignmentId",
    );
    const unknown = await assign(group, assignment(reader, guid()));
    expect(unknown.outcome).toBe("400 RoleDefinitionDoesNotExist");
  });

  it("are listed from above, at and below a scope, and by principal", async () => {
    const reader = await newcomer();
    await assign(lab.subscription, assignment(reader));
    await assign(group, assignment(reader, ROLE.contributor));
    const list = async (scope: string, filter: string) => {
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=${encodeURIComponent(filter)}`;
      const answer = await lab.send("GET", path);
      if (answer.status !== 200) return answer.outcome;
      return (answer.body.value as { properties: JsonObject }[]).map(({ properties }) => properties.scope);
    };
    const mine = `principalId eq '${reader.objectId}'`;
    expect(await list(group, mine)).toEqual([lab.subscription, group]);
    expect(await list(lab.subscription, `assignedTo('${reader.objectId}')`)).toEqual([lab.subscription, group]);
    expect(await list(lab.subscription, `atScope() and ${mine}`)).toEqual([lab.subscription]);
    expect(await list(group, "color eq 'red'")).toBe("400 UnsupportedQuery");
  });

  it("keep a condition and show it", async () => {
    const reader = await newcomer();
    const condition = "@Resource[x:y] StringEquals 'z'";
    const answer = await assign(group, { ...assignment(reader), condition, conditionVersion: "2.0" });
    expect(answer.body.properties).toMatchObject({ condition, conditionVersion: "2.0", scope: group });
  });

  it("go with the resource they sit on, and stay as orphans of a deleted identity", async () => {
    const reader = await newcomer();
    const table = `${group}/providers/Microsoft.Network/routeTables/rt-gone`;
    await lab.send("PUT", table, { body: { location } });
    await lab.clock.advance(30_000);
    const onTable = guid();
    await assign(table, assignment(reader), { name: onTable });
    const onGroup = guid();
    await assign(group, assignment(reader), { name: onGroup });
    await lab.send("DELETE", table);
    await lab.clock.advance(30_000);
    expect(
      (await lab.send("GET", `${table}/providers/Microsoft.Authorization/roleAssignments/${onTable}`)).status,
    ).toBe(404);
    expect((await lab.send("GET", group, { as: reader })).status).toBe(200);
    await lab.send("DELETE", reader.resourceId);
    expect(
      (await lab.send("GET", `${group}/providers/Microsoft.Authorization/roleAssignments/${onGroup}`)).status,
    ).toBe(200);
    expect((await lab.send("GET", group, { as: reader })).outcome).toBe("401 InvalidAuthenticationToken");
  });
});

describe("role definitions", () => {
  const definitions = () => `${lab.subscription}/providers/Microsoft.Authorization/roleDefinitions`;
  const custom = (roleName: string, actions: string[]): JsonObject => ({
    properties: {
      roleName,
      description: "",
      type: "CustomRole",
      permissions: [{ actions, notActions: [] }],
      assignableScopes: [lab.subscription],
    },
  });

  it("that are built in are found by name, with their true actions", async () => {
    const answer = await lab.send(
      "GET",
      `${definitions()}?$filter=${encodeURIComponent("roleName eq 'Network Contributor'")}`,
    );
    const [role] = answer.body.value as {
      name: string;
      properties: { type: string; permissions: { actions: string[] }[] };
    }[];
    expect(role?.name).toBe(ROLE.networkContributor);
    expect(role?.properties.type).toBe("BuiltInRole");
    expect(role?.properties.permissions[0]?.actions).toContain("Microsoft.Network/*");
    expect((await lab.send("GET", `${definitions()}/${ROLE.reader}`)).body.name).toBe(ROLE.reader);
    expect((await lab.send("GET", `${definitions()}/${guid()}`)).outcome).toBe("404 RoleDefinitionDoesNotExist");
  });

  it("of one's own grant exactly what they say", async () => {
    const path = `${definitions()}/${guid()}`;
    expect(
      (await lab.send("PUT", path, { body: custom("Table reader", ["Microsoft.Network/routeTables/read"]) })).status,
    ).toBe(201);
    const holder = await newcomer();
    await lab.grant(holder, path.split("/").at(-1) ?? "", lab.subscription);
    const tables = `${group}/providers/Microsoft.Network/routeTables`;
    expect((await lab.send("GET", tables, { as: holder })).status).toBe(200);
    expect((await lab.send("PUT", `${tables}/rt-x`, { as: holder, body: { location } })).status).toBe(403);
    expect((await lab.send("GET", `${group}/providers/Microsoft.Network/virtualNetworks`, { as: holder })).status).toBe(
      403,
    );
    expect((await lab.send("DELETE", path)).outcome).toBe("400 RoleDefinitionHasAssignments");
  });

  it("need a guid, a name of their own, scopes and sensible actions", async () => {
    const put = (name: string, body: JsonObject) =>
      lab.send("PUT", `${definitions()}/${name}`, { body }).then(({ outcome }) => outcome);
    expect(await put("mine", custom("A", ["*/read"]))).toBe("400 InvalidRoleDefinitionId");
    expect(await put(ROLE.reader, custom("A", ["*/read"]))).toBe("400 CannotModifyBuiltInRole");
    expect(await put(guid(), custom("B", ["what ever"]))).toBe("400 InvalidActionOrNotAction");
    expect(await put(guid(), { properties: { roleName: "C", permissions: [] } })).toBe("400 MissingAssignableScopes");
    expect(await put(guid(), custom("D", ["*/read"]))).toBe("201");
    expect(await put(guid(), custom("d", ["*/read"]))).toBe("409 RoleDefinitionWithSameNameExists");
  });

  it("of infra/roles are the app's from the start, and its only ones beside the one to publish alerts", async () => {
    const { app } = lab.azure;
    const path = `${lab.subscription}/providers/Microsoft.Authorization/roleAssignments?$filter=${encodeURIComponent(`principalId eq '${app.objectId}'`)}`;
    const assigned = (await lab.send("GET", path)).body.value as {
      properties: { roleDefinitionId: string; scope: string };
    }[];
    expect(assigned.length).toBeGreaterThan(0);
    const account = lab.azure.deadLetterContainerId.split("/blobServices/")[0] ?? "";
    const narrow = [account, lab.azure.functionAppId, lab.azure.alertTopicId];
    const scopes = new Set(assigned.map(({ properties }) => properties.scope));
    expect([...scopes].sort()).toEqual([lab.subscription, ...narrow].sort());
    for (const { properties } of assigned) {
      const isToPublish = properties.scope === lab.azure.alertTopicId;
      expect((await lab.send("GET", properties.roleDefinitionId)).body.properties).toMatchObject(
        isToPublish ? { roleName: "EventGrid Data Sender" } : { type: "CustomRole" },
      );
    }
    expect(
      (await lab.send("PUT", `${lab.subscription}/resourceGroups/rg-app`, { as: app, body: { location } })).status,
    ).toBe(201);
    // It may not write itself a wider role.
    const wider = { as: app, body: custom("Wider", ["*"]) };
    expect((await lab.send("PUT", `${definitions()}/${guid()}`, wider)).outcome).toBe("403 AuthorizationFailed");
  });
});

describe("federated identity credentials", () => {
  const credential = (subject: string): JsonObject => ({
    properties: { issuer: "https://issuer.example/", subject, audiences: ["api://AzureADTokenExchange"] },
  });

  it("are written one after another on one identity, and beside each other on two", async () => {
    const [one, two] = [await newcomer(), await newcomer()];
    const put = (identity: { resourceId: string }, name: string) =>
      lab.send("PUT", `${identity.resourceId}/federatedIdentityCredentials/${name}`, { body: credential(name) });
    expect((await put(one, "first")).status).toBe(201);
    expect((await put(one, "second")).outcome).toBe(
      "409 ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    );
    expect((await put(two, "second")).status).toBe(201);
    await lab.clock.advance(1_000);
    expect((await put(one, "second")).status).toBe(201);
    expect((await lab.send("GET", `${one.resourceId}/federatedIdentityCredentials/second`)).body.properties).toEqual(
      credential("second").properties,
    );
  });

  it("need issuer, subject and one audience, and no twin", async () => {
    const identity = await newcomer();
    const put = async (name: string, properties: JsonObject) => {
      await lab.clock.advance(1_000);
      return (
        await lab.send("PUT", `${identity.resourceId}/federatedIdentityCredentials/${name}`, { body: { properties } })
      ).outcome;
    };
    const good = credential("s").properties as JsonObject;
    expect(await put("fic-1", { ...good, subject: "" })).toBe("400 BadRequest");
    expect(await put("fic-1", { ...good, audiences: ["a", "b"] })).toBe("400 BadRequest");
    expect(await put("fic-1", { ...good, issuer: "http://plain.example" })).toBe("400 BadRequest");
    expect(await put("fic-1", good)).toBe("201");
    expect(await put("fic-1", { ...good, subject: "other" })).toBe("200");
    expect(await put("fic-2", { ...good, subject: "other" })).toBe("409 Conflict");
  });
});
