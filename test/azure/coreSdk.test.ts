import { AuthorizationManagementClient } from "@azure/arm-authorization";
import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { ResourceManagementClient } from "@azure/arm-resources";
import { isRestError } from "@azure/core-rest-pipeline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CoreLab, ROLE, startCoreLab } from "./coreLab.ts";

/** Microsoft's own clients, as another program would use them. */
let lab: CoreLab;
let resources: ResourceManagementClient;
let identities: ManagedServiceIdentityClient;
let authorization: AuthorizationManagementClient;

beforeAll(async () => {
  lab = await startCoreLab();
  const credential = {
    async getToken(scopes: string | string[]) {
      const scope = Array.isArray(scopes) ? String(scopes[0]) : scopes;
      const token = await lab.token(lab.azure.operator, scope.replace(/\/\.default$/, ""));
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
  const { subscriptionId, armUrl, caPem } = lab.azure;
  const base = { endpoint: armUrl, tlsOptions: { ca: caPem }, retryOptions: { maxRetries: 0 } };
  resources = new ResourceManagementClient(credential, subscriptionId, base);
  identities = new ManagedServiceIdentityClient(credential, subscriptionId, base);
  // Its default scope is made of the endpoint, so this also shows that ARM's own address is an audience.
  authorization = new AuthorizationManagementClient(credential, subscriptionId, base);
});
afterAll(() => lab.stop());

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("@azure/arm-resources", () => {
  it("makes, finds, tags and lists groups", async () => {
    await resources.resourceGroups.createOrUpdate("rg-sdk", { location: "westeurope" });
    const found = await resources.resourceGroups.get("rg-sdk");
    expect(found).toMatchObject({
      name: "rg-sdk",
      location: "westeurope",
      properties: { provisioningState: "Succeeded" },
    });
    const updated = await resources.resourceGroups.update("rg-sdk", { tags: { a: "b" } });
    expect(updated.tags).toEqual({ a: "b" });
    expect((await collect(resources.resourceGroups.list())).map(({ name }) => name)).toContain("rg-sdk");
  });

  it("makes a resource by its id through a long operation, and sees it in the lists", async () => {
    const id = `${lab.subscription}/resourceGroups/rg-sdk/providers/Microsoft.Network/routeTables/rt-sdk`;
    const made = resources.resources.createOrUpdateById(id, "2024-05-01", { location: "westeurope" });
    await made.submitted();
    await lab.clock.advance(60_000);
    expect((await resources.resources.getById(id, "2024-05-01")).properties).toMatchObject({
      provisioningState: "Succeeded",
    });
    const listed = await collect(
      resources.resources.listByResourceGroup("rg-sdk", { filter: "resourceType eq 'Microsoft.Network/routeTables'" }),
    );
    expect(listed.map(({ name }) => name)).toEqual(["rt-sdk"]);
  });

  it("throws what ARM said about a group that is not there", async () => {
    const error = await resources.resourceGroups.get("rg-none").catch((thrown: unknown) => thrown);
    if (!isRestError(error)) throw new Error(`No RestError: ${String(error)}`);
    expect([error.statusCode, error.code]).toEqual([404, "ResourceGroupNotFound"]);
  });

  it("deletes a group by polling its Location", async () => {
    await resources.resourceGroups.createOrUpdate("rg-gone", { location: "westeurope" });
    const deletion = resources.resourceGroups.delete("rg-gone");
    await deletion.submitted();
    expect((await deletion.poll()).status).toBe("running");
    await lab.clock.advance(60_000);
    expect((await deletion.poll()).status).toBe("succeeded");
  });

  it("lists providers", async () => {
    const provider = await resources.providers.get("Microsoft.Network");
    expect(provider.registrationState).toBe("Registered");
  });
});

describe("@azure/arm-msi", () => {
  it("makes an identity with a federated credential, and deletes both", async () => {
    await resources.resourceGroups.createOrUpdate("rg-msi", { location: "westeurope" });
    const made = await identities.userAssignedIdentities.createOrUpdate("rg-msi", "id-msi", { location: "westeurope" });
    expect(made.principalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.tenantId).toBe(lab.azure.tenantId);
    const again = await identities.userAssignedIdentities.createOrUpdate("rg-msi", "id-msi", {
      location: "westeurope",
      tags: { a: "b" },
    });
    expect([again.principalId, again.clientId]).toEqual([made.principalId, made.clientId]);
    const credential = {
      issuer: "https://issuer.example/",
      subject: "system:serviceaccount:ns:name",
      audiences: ["api://AzureADTokenExchange"],
    };
    await identities.federatedIdentityCredentials.createOrUpdate("rg-msi", "id-msi", "fic-one", credential);
    const listed = await collect(identities.federatedIdentityCredentials.list("rg-msi", "id-msi"));
    expect(listed).toMatchObject([{ name: "fic-one", ...credential }]);
    await identities.federatedIdentityCredentials.delete("rg-msi", "id-msi", "fic-one");
    await identities.userAssignedIdentities.delete("rg-msi", "id-msi");
    expect(await collect(identities.userAssignedIdentities.listByResourceGroup("rg-msi"))).toEqual([]);
  });
});

describe("@azure/arm-authorization", () => {
  it("gives a role with the double slash in its path, finds it by filter, and takes it away", async () => {
    const scope = await lab.group("rg-roles");
    const principal = await lab.identity(scope, "id-roles");
    const name = "00000000-0000-4000-8000-0000000000b1";
    const [role] = await collect(authorization.roleDefinitions.list(scope, { filter: "roleName eq 'Reader'" }));
    expect(role?.name).toBe(ROLE.reader);
    const made = await authorization.roleAssignments.create(scope, name, {
      roleDefinitionId: String(role?.id),
      principalId: principal.objectId,
      principalType: "ServicePrincipal",
    });
    expect(made).toMatchObject({ name, scope, principalId: principal.objectId });
    const found = await collect(
      authorization.roleAssignments.listForScope(scope, { filter: `principalId eq '${principal.objectId}'` }),
    );
    expect(found.map((assignment) => assignment.name)).toEqual([name]);
    const removed = await authorization.roleAssignments.delete(scope, name);
    expect(removed.name).toBe(name);
    await expect(authorization.roleAssignments.get(scope, name)).rejects.toThrow(/is not found/);
  });
});
