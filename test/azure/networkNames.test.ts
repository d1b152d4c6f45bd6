import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matchesFqdn } from "../../local/azure/network/fqdnTags.ts";
import {
  overlaps,
  parseAddress,
  parsePrefix,
  parseRange,
  usableAddress,
  usableAddressCount,
} from "../../local/azure/network/ipv4.ts";
import { resolvePublicName } from "../../local/azure/network/publicDns.ts";
import { isInServiceTag, serviceTagPrefixes } from "../../local/azure/network/serviceTags.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { publicAddress } from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
});
afterAll(() => lab.stop());

const resolve = (name: string) => resolvePublicName(lab.world, name);

describe("resolvePublicName", () => {
  it.each([
    ["mcr.microsoft.com", "MicrosoftContainerRegistry"],
    ["westeurope.data.mcr.microsoft.com", "MicrosoftContainerRegistry"],
    ["login.microsoftonline.com", "AzureActiveDirectory"],
    ["management.azure.com", "AzureResourceManager"],
    ["lab.blob.core.windows.net", "Storage"],
    ["lab.vault.azure.net", "AzureKeyVault"],
    ["lab-dns.hcp.westeurope.azmk8s.io", "AzureCloud.westeurope"],
  ])("puts %s into service tag %s", (name, tag) => {
    expect(isInServiceTag(tag, parseAddress(resolve(name) ?? "") ?? 0)).toBe(true);
  });

  it("puts the rest of the internet outside Azure, each name always at the same address", () => {
    const address = resolve("www.example.com");
    expect(isInServiceTag("AzureCloud", parseAddress(address ?? "") ?? 0)).toBe(false);
    expect(resolve("WWW.EXAMPLE.COM.")).toBe(address);
    expect(resolve("example.com")).not.toBe(address);
  });

  it("reads addresses out of nip.io names, and knows no xip.io any more", () => {
    expect(resolve("20.31.0.7.nip.io")).toBe("20.31.0.7");
    expect(resolve("shop.20-31-0-7.nip.io")).toBe("20.31.0.7");
    expect(resolve("20.31.0.7.xip.io")).toBeUndefined();
    expect(resolve("300.31.0.7.nip.io")).toBeUndefined();
  });

  it.each([
    "nowhere.invalid",
    "host.local",
    "single",
    "-bad.example.com",
    "no.azmk8s.io",
    "free.westeurope.cloudapp.azure.com",
  ])("knows no %s", (name) => expect(resolve(name)).toBeUndefined());

  it("knows the label of a public address as long as it exists", async () => {
    const named = { ...publicAddress, properties: { dnsSettings: { domainNameLabel: "labelled" } } };
    const made = (await lab.make("publicIPAddresses/ip", named)).properties as { ipAddress: string };
    expect(resolve("labelled.westeurope.cloudapp.azure.com")).toBe(made.ipAddress);
    await lab.remove("publicIPAddresses/ip");
    expect(resolve("labelled.westeurope.cloudapp.azure.com")).toBeUndefined();
  });
});

describe("serviceTagPrefixes", () => {
  const services = [
    "AzureActiveDirectory",
    "AzureContainerRegistry",
    "AzureCosmosDB",
    "AzureKeyVault",
    "AzureMonitor",
    "AzureResourceManager",
    "EventHub",
    "GatewayManager",
    "MicrosoftContainerRegistry",
    "ServiceBus",
    "Sql",
    "Storage",
  ];

  it("gives every service blocks of its own", () => {
    const ranges = services.flatMap((tag) => (serviceTagPrefixes(tag) ?? []).map((range) => ({ tag, range })));
    expect(new Set(ranges.map(({ tag }) => tag)).size).toBe(services.length);
    for (const one of ranges) {
      const others = ranges.filter((other) => other.tag !== one.tag && overlaps(other.range, one.range));
      expect(others, one.tag).toEqual([]);
    }
  });

  it("knows regional variants where Azure has them, and no others", () => {
    expect(serviceTagPrefixes("azurecloud.westeurope")).toBeDefined();
    expect(serviceTagPrefixes("Storage.westus2")).toBeDefined();
    expect(serviceTagPrefixes("GatewayManager.westeurope")).toBeUndefined();
    expect(serviceTagPrefixes("AzureNothing")).toBeUndefined();
  });
});

describe("matchesFqdn", () => {
  it.each([
    ["*.docker.io", "auth.docker.io", true],
    ["*.docker.io", "docker.io", false],
    ["*auth.docker.io", "evilauth.docker.io", true],
    ["auth.docker.io", "AUTH.DOCKER.IO", true],
    ["auth.docker.io", "auth-docker-io", false],
    ["docker.io", "evildocker.io", false],
    ["docker.io", "docker.io.example.com", false],
    ["*", "anything.example.com", true],
    ["*.hcp.*.azmk8s.io", "lab.hcp.westeurope.azmk8s.io", true],
  ])("%s against %s is %s", (pattern, name, expected) => {
    expect(matchesFqdn(pattern, name)).toBe(expected);
  });
});

describe("ipv4", () => {
  it("reads prefixes, addresses and ranges, and nothing else", () => {
    expect(parsePrefix("10.0.0.0/22")).toMatchObject({ first: 167_772_160, last: 167_773_183, lengthBits: 22 });
    expect(parseRange("10.0.0.4-10.0.0.9")).toMatchObject({ first: 167_772_164, last: 167_772_169 });
    for (const wrong of ["", "10.0.0", "10.0.0.0/33", "10.0.0.9-10.0.0.4", "a-b", "fd00::/8"])
      expect(parseRange(wrong)).toBeUndefined();
  });

  it("keeps the first four addresses and the last of a subnet for Azure", () => {
    const prefix = parsePrefix("10.0.4.0/24");
    if (prefix === undefined) throw new Error("10.0.4.0/24 is a prefix.");
    expect(usableAddress(prefix, 0)).toBe("10.0.4.4");
    expect(usableAddressCount(prefix)).toBe(251);
  });
});
