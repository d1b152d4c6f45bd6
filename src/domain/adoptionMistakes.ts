/** Mistakes in what a ticket adopts: ids that are none, of the wrong type, and words about what Azure is asked for. */
import type { Adoption } from "./adoption.ts";
import { type ArmId, parseArmId, sameId } from "./armId.ts";
import type { EnvironmentRequest } from "./environmentDefaults.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";

type AskedAdoption = NonNullable<EnvironmentRequest["adopt"]>;

/** What is known of an adopted resource from Azure alone, as fields of the environment. */
const foundFields = {
  firewall: {
    hub: ["name", "addressPrefixes", "subnets"],
    firewall: ["name", "publicIpName", "policyName", "skuTier"],
  },
  gateway: {
    spoke: ["name", "addressPrefixes", "subnets", "serviceEndpoints"],
    gateway: [
      "name",
      "publicIpName",
      "domainNameLabel",
      "securityGroupName",
      "routeTableName",
      "wafPolicyName",
      "subnet",
      "minCapacity",
      "maxCapacity",
      "wafMode",
    ],
  },
} as const;

/** Fields that say how large networks are: right or wrong once they are known. */
const measured: readonly string[] = ["addressPrefixes", "subnets"];

/** Where nothing can be said: before Azure was asked of all that it decides, afterwards of what the operator has decided. */
export function placesToBeFound(adopt: Adoption | undefined): readonly string[] {
  const fields = fieldsFound(adopt ?? {});
  return fields
    .filter(([, field]) => adopt?.found === undefined || !measured.includes(field))
    .map(([part, field]) => environmentPointer(part, field));
}

function fieldsFound(adopt: AskedAdoption): readonly (readonly ["hub" | "firewall" | "spoke" | "gateway", string])[] {
  const { firewall, gateway } = foundFields;
  return [
    ...(adopt.firewall === undefined
      ? []
      : [
          ...firewall.hub.map((field) => ["hub", field] as const),
          ...firewall.firewall.map((field) => ["firewall", field] as const),
        ]),
    ...(adopt.gateway === undefined
      ? []
      : [
          ...gateway.spoke.map((field) => ["spoke", field] as const),
          ...gateway.gateway.map((field) => ["gateway", field] as const),
        ]),
  ];
}

/** All that is wrong with what a request adopts, and with what it says beside. */
export function adoptionMistakes(request: EnvironmentRequest): readonly Mistake[] {
  const { adopt } = request;
  if (adopt === undefined) return [];
  return [
    ...idMistakes(adopt),
    ...subnetMistakes(request, adopt),
    ...hostMistakes(request, adopt),
    ...contradictions(request, adopt),
    ...groupMistakes(request, adopt),
  ];
}

function idMistakes({ firewall, gateway, clusterSubnets = [] }: AskedAdoption): readonly Mistake[] {
  const nothing = "adopts nothing; name a firewall, or a gateway with clusterSubnets, or leave adopt out";
  return [
    ...(firewall === undefined && gateway === undefined && clusterSubnets.length === 0
      ? [{ pointer: environmentPointer("adopt"), message: `environment.adopt ${nothing}.` }]
      : []),
    ...idMistake(firewall, "Microsoft.Network/azureFirewalls", "an Azure Firewall", "firewall"),
    ...idMistake(gateway, "Microsoft.Network/applicationGateways", "an Application Gateway", "gateway"),
    ...clusterSubnets.flatMap((id, index) =>
      idMistake(id, "Microsoft.Network/virtualNetworks/subnets", "a subnet", "clusterSubnets", index),
    ),
  ];
}

function idMistake(
  text: string | undefined,
  type: string,
  kind: string,
  ...path: readonly (string | number)[]
): readonly Mistake[] {
  if (text === undefined) return [];
  const pointer = environmentPointer("adopt", ...path);
  const id = parseArmId(text);
  if (id === undefined) {
    const message = `"${text}" is no id of a resource; it must be that of ${kind}, as the portal shows it under "Resource ID".`;
    return [{ pointer, message, example: exampleOf(type) }];
  }
  if (id.type.toLowerCase() === type.toLowerCase()) return [];
  const hint = /\/virtualNetworks$/i.test(id.type) && type.endsWith("azureFirewalls") ? "; its network follows" : "";
  return [{ pointer, message: `"${text}" is a ${id.type}, not ${kind} (${type})${hint}.`, example: exampleOf(type) }];
}

function exampleOf(type: string): string {
  const [namespace, ...types] = type.split("/");
  const names = types.map((each) => `${each}/NAME`).join("/");
  return `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/GROUP/providers/${namespace}/${names}`;
}

function subnetMistakes({ cluster }: EnvironmentRequest, adopt: AskedAdoption): readonly Mistake[] {
  const { gateway, clusterSubnets = [] } = adopt;
  const pointer = environmentPointer("adopt", "clusterSubnets");
  if (gateway === undefined && clusterSubnets.length > 0)
    return [{ pointer, message: "clusterSubnets belong to an adopted gateway; name that, too, or leave them out." }];
  if (gateway !== undefined && clusterSubnets.length === 0) {
    const message = `The clusters behind an adopted gateway stand in its network; clusterSubnets must name the subnets that they may use.`;
    return [{ pointer, message, example: exampleOf("Microsoft.Network/virtualNetworks/subnets") }];
  }
  const known = clusterSubnets.flatMap((text) => parseArmId(text) ?? []);
  const asked = cluster?.subnet;
  const isAmong = asked === undefined || known.length === 0 || known.some(({ name }) => name === asked);
  return [
    ...clusterSubnets.flatMap((text, index) => twinMistake(clusterSubnets, text, index)),
    ...(isAmong
      ? []
      : [
          {
            pointer: environmentPointer("cluster", "subnet"),
            message: `"${asked}" is none of the adopted subnets: ${known.map(({ name }) => name).join(", ")}.`,
            example: known[0]?.name ?? "",
          },
        ]),
  ];
}

/** A listener of a gateway may be for all hosts of a domain. */
const hostPattern = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function hostMistakes(
  { application }: EnvironmentRequest,
  { gateway, keptHosts = [] }: AskedAdoption,
): readonly Mistake[] {
  if (gateway === undefined && keptHosts.length > 0) {
    const message = "keptHosts are those of an adopted gateway; name that, too, or leave them out.";
    return [{ pointer: environmentPointer("adopt", "keptHosts"), message }];
  }
  return keptHosts.flatMap((host, index) => {
    const pointer = environmentPointer("adopt", "keptHosts", index);
    if (!hostPattern.test(host)) {
      const message = `"${host}" is no host name: labels of lower-case letters, digits and dashes, with dots between them.`;
      return [{ pointer, message, example: "shop.example.com" }];
    }
    if (host !== application?.host) return [];
    return [{ pointer, message: `"${host}" is the environment's own application.host, which its controllers serve.` }];
  });
}

function twinMistake(all: readonly string[], text: string, index: number): readonly Mistake[] {
  const pointer = environmentPointer("adopt", "clusterSubnets", index);
  if (all.slice(0, index).some((other) => sameId(other, text)))
    return [{ pointer, message: `"${text}" is named twice.` }];
  const [first, own] = [parseArmId(all[0] ?? ""), parseArmId(text)];
  if (first?.parent === undefined || own?.parent === undefined || sameId(first.parent, own.parent)) return [];
  const message = `${own.name} is in another virtual network than ${first.name}; all clusters of a gateway stand in its network.`;
  return [{ pointer, message }];
}

/** Two words for one thing: what Azure says holds, so the ticket must not say it as well. */
function contradictions(request: EnvironmentRequest, adopt: AskedAdoption): readonly Mistake[] {
  return fieldsFound(adopt).flatMap(([part, field]) => {
    const said = request[part] as Readonly<Record<string, unknown>> | undefined;
    if (said?.[field] === undefined) return [];
    const whose = part === "hub" || part === "firewall" ? "firewall" : "gateway";
    const message = `${part}.${field} follows from the adopted ${whose}; leave it out.`;
    return [{ pointer: environmentPointer(part, field), message }];
  });
}

/** The environment marks its groups as its own. */
function groupMistakes({ groups }: EnvironmentRequest, adopt: AskedAdoption): readonly Mistake[] {
  const texts = [adopt.firewall, adopt.gateway, ...(adopt.clusterSubnets ?? [])];
  const adopted = texts.flatMap((text): ArmId[] =>
    text === undefined ? [] : [parseArmId(text)].flatMap((id) => id ?? []),
  );
  const wanted = { network: "securevnets", gateway: "secureappgw", cluster: "securek8s", ...groups };
  return Object.entries(wanted).flatMap(([which, name]) => {
    const inside = adopted.find(({ resourceGroup }) => resourceGroup.toLowerCase() === name?.toLowerCase());
    if (inside === undefined) return [];
    const message = `The resource group ${name} holds ${inside.name}, which is adopted; the environment needs groups of its own, because it marks them.`;
    return [{ pointer: environmentPointer("groups", which), message }];
  });
}
