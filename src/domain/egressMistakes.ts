/** Mistakes in what may leave: sources that leave the nodes out, images that the rules do not let in, proofs that prove nothing. */

import { prefixMistake } from "./addressMistakes.ts";
import { containsPrefix, parsePrefix } from "./addressPrefix.ts";
import { egressCollections } from "./egressRules.ts";
import type { Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";
import { imageRepository, registryHost, SAMPLE_IMAGE } from "./sampleImages.ts";

export function egressMistakes(environment: Environment): readonly Mistake[] {
  return [
    ...sourceMistakes(environment),
    ...priorityMistakes(environment),
    ...imageMistakes(environment),
    ...hostMistakes(environment),
    ...proofMistakes(environment),
  ];
}

function sourceMistakes({ firewall, spoke, cluster, gateway }: Environment): readonly Mistake[] {
  const { sourcePrefixes } = firewall.rules;
  const at = (index: number): string => environmentPointer("firewall", "rules", "sourcePrefixes", index);
  const nodes = spoke.subnets.find(({ name }) => name === cluster.subnet);
  const nodePrefix = nodes === undefined ? undefined : parsePrefix(nodes.addressPrefix);
  const readable = sourcePrefixes.flatMap((text) => parsePrefix(text) ?? []);
  // A subnet that is wrong itself is said to be so elsewhere; its prefix is here only because it is the default.
  const isDefault = (text: string): boolean => spoke.subnets.some(({ addressPrefix }) => addressPrefix === text);
  const coversNodes =
    sourcePrefixes.includes("*") ||
    nodePrefix === undefined ||
    gateway.subnet === cluster.subnet ||
    readable.some((source) => containsPrefix(source, nodePrefix));
  const message = `The firewall's rules are for ${sourcePrefixes.join(", ") || "nobody"}, which leaves out the node subnet ${cluster.subnet} (${nodes?.addressPrefix}); its nodes could not start.`;
  return [
    ...sourcePrefixes.flatMap((text, index) => (text === "*" || isDefault(text) ? [] : prefixMistake(text, at(index)))),
    ...(coversNodes || readable.length < sourcePrefixes.length
      ? []
      : [
          {
            pointer: environmentPointer("firewall", "rules", "sourcePrefixes"),
            message,
            concerns: [environmentPointer("spoke", "subnets")],
          },
        ]),
  ];
}

/** Source: learn.microsoft.com/azure/firewall/policy-rule-sets (rule collection groups), checked 2026-11. */
const GROUP_PRIORITY_MIN = 100;
const GROUP_PRIORITY_MAX = 65_000;

function priorityMistakes({ firewall, adopt }: Environment): readonly Mistake[] {
  const { networkPriority, applicationPriority, sourcePrefixes } = firewall.rules;
  const at = (field: string): string => environmentPointer("firewall", "rules", field);
  const outside = Object.entries({ networkPriority, applicationPriority }).flatMap(([field, priority]) =>
    priority >= GROUP_PRIORITY_MIN && priority <= GROUP_PRIORITY_MAX
      ? []
      : [
          {
            pointer: at(field),
            message: `The priority of a rule collection group is from ${GROUP_PRIORITY_MIN} to ${GROUP_PRIORITY_MAX}, not ${priority}.`,
          },
        ],
  );
  const twins = `Two rule collection groups of one policy cannot both have the priority ${networkPriority}.`;
  const wide = `"*" would open the adopted firewall for everybody else behind it, too; leave sourcePrefixes out or name the prefixes of nodes.`;
  return [
    ...outside,
    ...(networkPriority === applicationPriority ? [{ pointer: at("applicationPriority"), message: twins }] : []),
    ...(adopt?.firewall !== undefined && sourcePrefixes.includes("*")
      ? [{ pointer: at("sourcePrefixes"), message: wide }]
      : []),
  ];
}

/** Registries that the rules let nodes pull from, beside Microsoft's, which the AKS tag always allows. */
function allowedRegistries({ firewall }: Environment): readonly RegExp[] {
  const { compatibility, dockerHub } = firewall.rules;
  return [
    /^mcr\.microsoft\.com$/,
    ...(dockerHub ? [/^docker\.io$/] : []),
    // The rules of 2020 allow the service tag AzureContainerRegistry.
    ...(compatibility === "2020" ? [/^[a-z0-9]+\.azurecr\.io$/] : []),
  ];
}

/** repository[:tag][@digest] with an optional registry in front. Source: github.com/distribution/reference, checked 2026-11. */
const imagePattern =
  /^([A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const IMAGE_CHARACTERS_MAX = 255;

function imageMistakes(environment: Environment): readonly Mistake[] {
  const { enabled, image } = environment.application;
  const pointer = environmentPointer("application", "image");
  if (!imagePattern.test(image) || image.length > IMAGE_CHARACTERS_MAX || imageRepository(image) === "") {
    return [{ pointer, message: `"${image}" is no container image.`, example: SAMPLE_IMAGE }];
  }
  const registry = registryHost(image);
  if (!enabled || allowedRegistries(environment).some((allowed) => allowed.test(registry))) return [];
  const advice =
    registry === "docker.io"
      ? "set environment.firewall.rules.dockerHub to true (for demonstrations only)"
      : "take an image of mcr.microsoft.com";
  const message = `The image ${image} comes from ${registry}, which the firewall would refuse to the nodes; ${advice}.`;
  return [{ pointer, message, example: SAMPLE_IMAGE, concerns: [environmentPointer("firewall", "rules")] }];
}

const HOST_CHARACTERS_MAX = 253;
const hostPattern = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function hostMistakes({ application }: Environment): readonly Mistake[] {
  const { host } = application;
  if (host === undefined || (hostPattern.test(host) && host.length <= HOST_CHARACTERS_MAX)) return [];
  const message = `"${host}" is no host name: labels of lower-case letters, digits and dashes, with dots between them.`;
  return [{ pointer: environmentPointer("application", "host"), message, example: "logger.example.com" }];
}

/** Plain URLs: scheme, host, perhaps a port, perhaps a path of harmless characters. */
const urlPattern =
  /^https?:\/\/(?<host>([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+)(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/;

function proofMistakes(environment: Environment): readonly Mistake[] {
  const { allowedUrl, refusedUrl } = environment.verification;
  const bad = ([name, url]: readonly [string, string]): readonly Mistake[] =>
    urlPattern.test(url) && URL.canParse(url)
      ? []
      : [
          {
            pointer: environmentPointer("verification", name),
            message: `"${url}" is no plain http or https URL with a host name.`,
            example: "https://www.example.com/",
          },
        ];
  return [...bad(["allowedUrl", allowedUrl]), ...bad(["refusedUrl", refusedUrl]), ...refusedIsAllowed(environment)];
}

/** A name that a rule allows cannot prove that the rest is refused. */
function refusedIsAllowed(environment: Environment): readonly Mistake[] {
  const { refusedUrl } = environment.verification;
  const host = urlPattern.exec(refusedUrl)?.groups?.host;
  const allowedBy = egressCollections(environment)
    .flatMap(({ rules }) => rules)
    .find(
      (rule) =>
        rule.kind === "application" && host !== undefined && (rule.fqdns ?? []).some((fqdn) => matchesFqdn(fqdn, host)),
    );
  if (allowedBy === undefined && host !== "mcr.microsoft.com") return [];
  const message = `${refusedUrl} is to prove that the firewall refuses, but the rules allow ${host}.`;
  return [
    {
      pointer: environmentPointer("verification", "refusedUrl"),
      message,
      example: "https://www.example.com/",
      concerns: [environmentPointer("firewall", "rules")],
    },
  ];
}

function matchesFqdn(fqdn: string, host: string): boolean {
  return fqdn.startsWith("*") ? host.endsWith(fqdn.slice(1)) : host === fqdn;
}
