import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { decommissionPlan } from "../../src/domain/decommissionPlan.ts";
import { withDefaults } from "../../src/domain/environmentDefaults.ts";
import { remember } from "../../src/domain/environmentMemory.ts";
import { type EnvironmentSpec, environmentSpec } from "../../src/domain/environmentSpec.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { roleIds } from "../../src/domain/resourceNames.ts";
import { outputNames, settingNames } from "../../src/domain/step.ts";
import { resourceDefinition } from "../../src/resources/catalog.ts";

const infra = path.resolve(import.meta.dirname, "../../infra");
const subscriptionId = "00000000-0000-0000-0000-000000000001";

interface RoleFile {
  readonly properties: {
    readonly roleName: string;
    readonly permissions: readonly { readonly actions: readonly string[]; readonly dataActions: readonly string[] }[];
  };
}

function readJson<Content>(file: string): Content {
  return JSON.parse(readFileSync(path.join(infra, file), "utf8"));
}

const roleFiles = readdirSync(path.join(infra, "roles")).map((file) => readJson<RoleFile>(`roles/${file}`));
const granted = roleFiles.flatMap((role) => role.properties.permissions.flatMap((permission) => permission.actions));

/** Every plug-in has what Azure CNI has; kubenet alone has more. */
const spec = environmentSpec(withDefaults({ cluster: { networkPlugin: "kubenet" } }), subscriptionId);
const outputs = Object.fromEntries([...outputNames, ...settingNames].map((name) => [name, outputOf(name)]));

/** Ids that Azure says, as the plan would learn them; for all else any text will do. */
function outputOf(name: string): string {
  const provider = `/subscriptions/${subscriptionId}/resourceGroups/any/providers`;
  if (name === "clusterIdentityId" || name === "agicIdentityId") {
    return `${provider}/Microsoft.ManagedIdentity/userAssignedIdentities/any`;
  }
  if (name.endsWith("TopicId")) return `${provider}/Microsoft.EventGrid/systemTopics/any`;
  if (name === "functionAppId") return `${provider}/Microsoft.Web/sites/any`;
  if (name === "deadLetterContainerId")
    return `${provider}/Microsoft.Storage/storageAccounts/any/blobServices/default/containers/any`;
  return name === "kubernetesVersion" ? "1.33.1" : "00000000-0000-0000-0000-000000000003";
}

const network = `/subscriptions/${subscriptionId}/resourceGroups/rg-hub/providers/Microsoft.Network`;

/** Behind an operator's firewall what the environment has put there goes one by one. */
const adopting: EnvironmentSpec = {
  ...spec,
  adopt: {
    firewall: `${network}/azureFirewalls/afw`,
    found: {
      firewall: { virtualNetworkId: `${network}/virtualNetworks/vnet`, policyId: `${network}/firewallPolicies/afwp` },
      arePeered: false,
    },
  },
};
const deleted = [spec, adopting].flatMap((each) => {
  const built = remember(undefined, { kind: "provisioned", spec: each, outputs }, "CHG0001");
  return (built === undefined ? [] : decommissionPlan(built).steps)
    .filter(({ title }) => title.startsWith("Delete "))
    .map((step) => resourceDefinition(step.id).id(each, outputs));
});

const resources = provisionPlan(spec)
  .steps.filter((step) => step.kind === "resource")
  .map((step) => resourceDefinition(step.id))
  .map((definition) => ({ id: definition.id(spec, outputs), body: definition.desired(spec, outputs) }));

/** What naming one resource in the body of another asks for; types that ask for nothing are listed as such. */
const linkedActions: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.Network/virtualNetworks": ["Microsoft.Network/virtualNetworks/peer/action"],
  "Microsoft.Network/virtualNetworks/subnets": ["Microsoft.Network/virtualNetworks/subnets/join/action"],
  "Microsoft.Network/publicIPAddresses": ["Microsoft.Network/publicIPAddresses/join/action"],
  "Microsoft.Network/networkSecurityGroups": ["Microsoft.Network/networkSecurityGroups/join/action"],
  "Microsoft.Network/routeTables": ["Microsoft.Network/routeTables/join/action"],
  "Microsoft.Network/firewallPolicies": ["Microsoft.Network/firewallPolicies/join/action"],
  "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies": [
    "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/join/action",
  ],
  "Microsoft.Network/applicationGateways": [],
  "Microsoft.ManagedIdentity/userAssignedIdentities": [
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
  ],
  // A diagnostic setting asks for the first, the monitoring add-on for the second.
  "Microsoft.OperationalInsights/workspaces": [
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/read",
  ],
  "Microsoft.Insights/dataCollectionRules": [],
  "Microsoft.Authorization/roleDefinitions": [],
  // Event Grid asks for write access to where it delivers, and for the right to subscribe to the source.
  "Microsoft.Web/sites/functions": ["Microsoft.Web/sites/functions/write"],
  "Microsoft.Storage/storageAccounts": ["Microsoft.Storage/storageAccounts/write"],
};

/** What the app asks for besides writing resources. */
const otherActions = [
  // A subscription names the topic only, and is about the topic's source.
  "Microsoft.EventGrid/eventSubscriptions/write",
  // Commands in the cluster, their results, and the default version of the location.
  "Microsoft.ContainerService/managedClusters/runcommand/action",
  "Microsoft.ContainerService/managedClusters/commandResults/read",
  "Microsoft.ContainerService/locations/kubernetesVersions/read",
  // The verification that the gateway sees healthy pods.
  "Microsoft.Network/applicationGateways/backendhealth/action",
  // What it may do itself at something adopted, before the first write.
  "Microsoft.Authorization/permissions/read",
  // The nodes of clusters, their age and their addresses: one of the three truths that the gateway's routes are judged by.
  "Microsoft.Compute/virtualMachineScaleSets/read",
  "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
  "Microsoft.Compute/virtualMachineScaleSets/networkInterfaces/read",
  // Whether a group is empty before it is deleted.
  "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
  // Why a long operation failed.
  "Microsoft.Network/locations/operations/read",
  "Microsoft.Network/locations/operationResults/read",
  "Microsoft.ContainerService/locations/operations/read",
  "Microsoft.ContainerService/locations/operationresults/read",
  "Microsoft.OperationalInsights/locations/operationStatuses/read",
  "Microsoft.EventGrid/locations/operationsStatus/read",
  "Microsoft.EventGrid/locations/operationResults/read",
  // Who was denied egress, where to, and which pod it was.
  "Microsoft.OperationalInsights/workspaces/query/read",
  ...["AZFWApplicationRule", "AZFWNetworkRule", "AZFWThreatIntel", "AzureDiagnostics", "KubePodInventory"].map(
    (table) => `Microsoft.OperationalInsights/workspaces/query/${table}/read`,
  ),
];

function typeOf(id: string): string {
  const provider = id.toLowerCase().lastIndexOf("/providers/");
  if (provider < 0) return "Microsoft.Resources/subscriptions/resourceGroups";
  const [namespace, ...rest] = id.slice(provider + "/providers/".length).split("/");
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join("/");
}

/** Every resource id in a body, be it a value or, as with identities, a name; what ends in a slash is what ids begin with. */
function idsIn(value: unknown): string[] {
  if (typeof value === "string") return /^\/subscriptions\/[^/]+\/.*providers\/.*[^/]$/i.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [...idsIn(key), ...idsIn(child)]);
}

function sorted(actions: Iterable<string>): string[] {
  return [...new Set([...actions].map((action) => action.toLowerCase()))].sort();
}

describe("the roles of the app's identity", () => {
  const written = resources.flatMap(({ id }) => [`${typeOf(id)}/read`, `${typeOf(id)}/write`]);
  const named = resources.flatMap(({ id, body }) =>
    idsIn(body)
      // A resource names its own parts by id, too.
      .filter((other) => !other.toLowerCase().startsWith(`${id.toLowerCase()}/`))
      .map(typeOf),
  );

  it("know what each resource asks for that a body names", () => {
    expect(sorted(named).filter((type) => !sorted(Object.keys(linkedActions)).includes(type))).toEqual([]);
  });

  it("allow all that the plans do, and nothing else", () => {
    const linked = Object.entries(linkedActions).flatMap(([type, actions]) =>
      sorted(named).includes(type.toLowerCase()) ? actions : [],
    );
    const removed = deleted.map((id) => `${typeOf(id)}/delete`);
    expect(sorted(granted)).toEqual(sorted([...written, ...removed, ...linked, ...otherActions]));
  });

  it("contain no wildcard, no credential, and no key but those that Azure asks for when a workspace is named", () => {
    const data = roleFiles.flatMap((role) => role.properties.permissions.flatMap(({ dataActions }) => dataActions));
    const linked = Object.values(linkedActions).flat();
    const surplus = [...granted, ...data].filter((action) => !linked.includes(action));
    expect(surplus.filter((action) => /\*|keys|credential(s)?\/action|listcluster/i.test(action))).toEqual([]);
  });

  it("delete in one role only, which can be left out", () => {
    const deleting = roleFiles.filter((role) =>
      role.properties.permissions.some(({ actions }) => actions.some((action) => action.endsWith("/delete"))),
    );
    expect(deleting.map((role) => role.properties.roleName)).toEqual(["Portcullis environment remover"]);
  });

  it("name no action twice", () => {
    expect(granted.length).toBe(sorted(granted).length);
  });
});

describe("the condition on role assignments", () => {
  it("names exactly the roles that the plan assigns", () => {
    const assignable = readJson<Record<string, string>>("assignableRoles.json");
    const assigned = resources
      .filter(({ id }) => typeOf(id) === "Microsoft.Authorization/roleAssignments")
      .map(
        ({ body }) =>
          String((body.properties as Record<string, unknown>).roleDefinitionId)
            .split("/")
            .at(-1) ?? "",
      );
    expect(sorted(Object.values(assignable))).toEqual(sorted(assigned));
    expect(sorted(Object.values(assignable))).toEqual(sorted(Object.values(roleIds)));
  });
});

describe("Bicep", () => {
  it("defines and assigns every role file: one where events are delivered to alone, the others on the subscription", () => {
    const read = (file: string): string => readFileSync(path.join(infra, "app", file), "utf8");
    const bicep = read("roles.bicep");
    for (const file of ["functionApp.bicep", "deadLetters.bicep"])
      expect(read(file)).toContain("roleDefinitionId: eventReceiverRoleId");
    for (const file of readdirSync(path.join(infra, "roles"))) {
      const name = path.basename(file, ".json");
      expect(bicep).toContain(`loadJsonContent('../roles/${file}')`);
      expect(bicep).toContain(`resource ${name}Definition `);
      const assigned = name === "eventReceiver" ? "output eventReceiverRoleId string =" : "roleDefinitionId:";
      expect(bicep).toContain(`${assigned} ${name}Definition.id`);
    }
  });

  it("describes every parameter", () => {
    for (const file of ["main.bicep", ...readdirSync(path.join(infra, "app")).map((name) => `app/${name}`)]) {
      const lines = readFileSync(path.join(infra, file), "utf8").split("\n");
      const bare = lines.filter((line, index) => {
        if (!line.startsWith("param ")) return false;
        const decorators = lines.slice(0, index).reverse();
        const end = decorators.findIndex((above) => above === "" || above.startsWith("param "));
        return !decorators.slice(0, end).some((above) => above.startsWith("@description("));
      });
      expect(bare, file).toEqual([]);
    }
  });
});
