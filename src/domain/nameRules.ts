/**
 * What Azure takes as names, a rule a kind of resource.
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules and
 * learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name, checked 2026-11.
 */
export interface NameRule {
  /** With article, for a sentence: "A virtual network". */
  readonly kind: string;
  readonly charactersMin: number;
  readonly charactersMax: number;
  readonly pattern: RegExp;
  /** What the pattern says, in words that follow "must". */
  readonly inWords: string;
  /** The name becomes part of a public DNS name, where Azure keeps words for itself. */
  readonly isPublic?: boolean;
}

/** Letters, digits, dots, dashes, underscores; a letter or digit first, a letter, digit or underscore last. */
const networkPattern = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_])?$/;
const networkWords =
  "begin with a letter or digit, end with a letter, digit or underscore, and hold only letters, digits, dots, dashes and underscores";

function networkRule(kind: string, charactersMin: number, charactersMax: number): NameRule {
  return { kind, charactersMin, charactersMax, pattern: networkPattern, inWords: networkWords };
}

const group: NameRule = {
  kind: "A resource group",
  charactersMin: 1,
  charactersMax: 90,
  pattern: /^[\p{L}\p{N}_().-]*[\p{L}\p{N}_()-]$/u,
  inWords: "hold only letters, digits, underscores, brackets, dashes and dots, and not end with a dot",
};

export const nameRules = {
  resourceGroup: group,
  // AKS's own limit for the group of its nodes.
  nodeGroup: { ...group, kind: "A node resource group", charactersMax: 80 },
  virtualNetwork: networkRule("A virtual network", 2, 64),
  subnet: networkRule("A subnet", 1, 80),
  peering: networkRule("A peering", 1, 80),
  publicIpAddress: networkRule("A public IP address", 1, 80),
  securityGroup: networkRule("A network security group", 1, 80),
  routeTable: networkRule("A route table", 1, 80),
  firewall: networkRule("An Azure Firewall", 1, 56),
  firewallPolicy: networkRule("A firewall policy", 1, 80),
  gateway: networkRule("An Application Gateway", 1, 80),
  domainNameLabel: {
    kind: "A domain name label",
    charactersMin: 3,
    charactersMax: 63,
    pattern: /^[a-z][a-z0-9-]*[a-z0-9]$/,
    inWords:
      "begin with a lower-case letter, end with a letter or digit, and hold only lower-case letters, digits and dashes",
    isPublic: true,
  },
  wafPolicy: networkRule("A WAF policy", 1, 128),
  identity: {
    kind: "A managed identity",
    charactersMin: 3,
    charactersMax: 128,
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    inWords: "begin with a letter or digit and hold only letters, digits, dashes and underscores",
  },
  workspace: {
    kind: "A Log Analytics workspace",
    charactersMin: 4,
    charactersMax: 63,
    pattern: /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    inWords: "begin and end with a letter or digit and hold only letters, digits and dashes",
  },
  cluster: {
    kind: "An AKS cluster",
    charactersMin: 1,
    charactersMax: 63,
    pattern: /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    inWords: "begin and end with a letter or digit and hold only letters, digits, dashes and underscores",
    isPublic: true,
  },
  nodePool: {
    kind: "A Linux node pool",
    charactersMin: 1,
    charactersMax: 12,
    pattern: /^[a-z][a-z0-9]*$/,
    inWords: "begin with a lower-case letter and hold only lower-case letters and digits",
  },
  application: {
    kind: "A Kubernetes application",
    charactersMin: 1,
    // Its services add "-metrics", and a service's name is a DNS label of 63.
    charactersMax: 55,
    pattern: /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    inWords:
      "begin with a lower-case letter, end with a letter or digit, and hold only lower-case letters, digits and dashes",
  },
} as const satisfies Record<string, NameRule>;

/** Words that no public name may hold at all, and words that it may not begin with. */
const forbiddenAnywhere = ["microsoft", "windows"];
const forbiddenFirst = ["login", "xbox"];
const forbiddenWhole = [
  "access",
  "azure",
  "bing",
  "cortana",
  "dotnet",
  "dynamics",
  "excel",
  "exchange",
  "office",
  "onedrive",
  "outlook",
  "sharepoint",
  "skype",
  "visio",
];

/** What is wrong with a name, as a sentence; undefined when Azure takes it. */
export function nameProblem(rule: NameRule, name: string): string | undefined {
  const { kind, charactersMin, charactersMax, pattern, inWords } = rule;
  if (name.length < charactersMin || name.length > charactersMax) {
    return `${kind}'s name has ${charactersMin} to ${charactersMax} characters; "${name}" has ${name.length}.`;
  }
  if (!pattern.test(name)) return `${kind}'s name must ${inWords}; "${name}" does not.`;
  const word = rule.isPublic === true ? reservedWord(name.toLowerCase()) : undefined;
  return word === undefined
    ? undefined
    : `${kind}'s name may not use the word "${word}", which Azure keeps for itself.`;
}

function reservedWord(name: string): string | undefined {
  return (
    forbiddenAnywhere.find((word) => name.includes(word)) ??
    forbiddenFirst.find((word) => name.startsWith(word)) ??
    forbiddenWhole.find((word) => name === word)
  );
}
