import { describe, expect, it } from "vitest";
import { classify } from "../../../src/domain/deniedEgress/classify.ts";
import type { EgressContext } from "../../../src/domain/deniedEgress/egressContext.ts";
import type { Alike } from "../../../src/domain/deniedEgress/fingerprint.ts";
import {
  neededNames,
  remedyOf,
  requiredEgress,
  requiredName,
} from "../../../src/domain/deniedEgress/requiredEgress.ts";
import { severityOf } from "../../../src/domain/deniedEgress/severity.ts";
import { atMinute, context } from "./egressWorld.ts";

const https = (name: string, more: Partial<Alike> = {}): Alike => ({
  cluster: "secureaks1",
  destination: { kind: "fqdn", name },
  port: 443,
  protocol: "HTTPS",
  reason: "default",
  ...more,
});

const classOf = (alike: Alike, of: EgressContext = context): string => classify(alike, "application", of).class;

describe("classify", () => {
  it("knows what AKS, its add-ons and its nodes need, and where images come from", () => {
    const names: Readonly<Record<string, string>> = {
      "mcr.microsoft.com": "breaksAks",
      "weu.data.mcr.microsoft.com": "breaksAks",
      "shop-1a2b.hcp.westeurope.azmk8s.io": "breaksAks",
      "management.azure.com": "breaksAks",
      "abc.ods.opinsights.azure.com": "addOn",
      "westeurope.handler.control.monitor.azure.com": "addOn",
      "a.metrics.ingest.monitor.azure.com": "addOn",
      "data.policy.core.windows.net": "addOn",
      "snapshot.ubuntu.com": "osUpdates",
      "quay.io": "imagePull",
      "cdn01.quay.io": "imagePull",
      "registry-1.docker.io": "imagePull",
      "shop.azurecr.io": "imagePull",
      "api.example.com": "application",
    };
    expect(Object.fromEntries(Object.keys(names).map((name) => [name, classOf(https(name))]))).toEqual(names);
  });

  it("is not taken in by names that only look alike, other regions, ports and protocols", () => {
    const others = [
      https("evilmcr.microsoft.com"),
      https("mcr.microsoft.com.example.org"),
      https("data.mcr.microsoft.com"),
      https("x.hcp.northeurope.azmk8s.io"),
      https("northeurope.handler.control.monitor.azure.com"),
      https("mcr.microsoft.com", { port: 22, protocol: "TCP" }),
      https("mcr.microsoft.com", { protocol: "UDP" }),
      https("security.ubuntu.com"),
      https("evilquay.io"),
    ];
    expect(others.map((alike) => classOf(alike))).toEqual(others.map(() => "application"));
  });

  it("takes the API server's address for what it is, with the switch that lets it out", () => {
    const address = https("20.1.2.3", {
      cluster: "secureaks2",
      destination: { kind: "address", name: "20.1.2.3" },
      protocol: "TCP",
    });
    const off = { ...context, switches: { ...context.switches, apiServerByAddress: false } };
    expect(classify(address, "network", off)).toMatchObject({
      class: "breaksAks",
      isListed: true,
      remedy: expect.stringContaining("Set environment.firewall.rules.apiServerByAddress to true"),
    });
    expect(classOf({ ...address, cluster: "secureaks1" })).toBe("application");
    expect(classOf({ ...address, port: 80 })).toBe("application");
  });

  it("calls a threat a threat, whatever it is aimed at", () => {
    expect(classify(https("mcr.microsoft.com"), "threat", context)).toEqual({ class: "threat", isListed: false });
    expect(classOf(https("mcr.microsoft.com", { reason: "threatIntelligence" }))).toBe("threat");
  });

  it("names the switch only where it is off", () => {
    expect(classify(https("docker.io"), "application", context).remedy).toContain("dockerHub to true");
    const on = { ...context, switches: { ...context.switches, dockerHub: true } };
    expect(classify(https("docker.io"), "application", on).remedy).toBeUndefined();
  });
});

describe("requiredEgress", () => {
  it("says of every name what needs it, on which ports, which switch lets it out, from where and when that was learnt", () => {
    for (const requirement of requiredEgress) {
      expect(
        requirement.names.every((name) => /^(\*\.)?[a-z0-9<>.-]+$/.test(name)) && requirement.ports.length > 0,
      ).toBe(true);
      expect(requirement.source).toContain("learn.microsoft.com");
      expect(requirement.checked).toMatch(/^\d{4}-\d\d$/);
      expect(requirement.requiredBy).toMatch(/, to /);
      const texts = [true, false].map((each) =>
        remedyOf(requirement, { ...context.switches, monitoring: each, osUpdates: each }),
      );
      expect(texts.every((text) => text.endsWith("."))).toBe(true);
      expect(new Set(texts).size).toBe(
        requirement.opening === "monitoring" || requirement.opening === "osUpdates" ? 2 : 1,
      );
    }
  });

  it("names what AKS cannot do without for the log's query", () => {
    const needed = neededNames("WestEurope");
    expect(needed).toEqual(
      expect.arrayContaining([".hcp.westeurope.azmk8s.io", "mcr.microsoft.com", ".data.mcr.microsoft.com"]),
    );
    expect(needed.every((name) => /^\.?[a-z0-9.-]+$/.test(name) && !name.includes("opinsights"))).toBe(true);
  });

  it("tells names that are listed from those below a star", () => {
    expect(requiredName("mcr.microsoft.com", 443, "westeurope")?.isExact).toBe(true);
    expect(requiredName("a.b.data.mcr.microsoft.com", 443, "westeurope")?.isExact).toBe(false);
    expect(requiredName("mcr.microsoft.com", undefined, "westeurope")).toBeUndefined();
  });
});

describe("severityOf", () => {
  const spread = { isEverywhere: false, sourceCount: 1, firstAt: atMinute(0), lastAt: atMinute(1) };

  it("begins with what it is", () => {
    const of = (["breaksAks", "threat", "imagePull", "addOn", "application", "osUpdates"] as const).map(
      (each) => severityOf({ ...spread, class: each }).severity,
    );
    expect(of).toEqual(["high", "high", "medium", "medium", "low", "low"]);
  });

  it("rises with how many it hits and how long it lasts, and says why", () => {
    expect(severityOf({ ...spread, class: "breaksAks", isEverywhere: true })).toEqual({
      severity: "critical",
      because: "AKS itself needs it, and every node of the cluster is refused",
    });
    expect(severityOf({ ...spread, class: "breaksAks", lastAt: atMinute(60) }).severity).toBe("critical");
    expect(severityOf({ ...spread, class: "threat", sourceCount: 3 }).severity).toBe("critical");
    expect(severityOf({ ...spread, class: "imagePull", sourceCount: 3 }).severity).toBe("high");
    expect(severityOf({ ...spread, class: "application", lastAt: atMinute(15) })).toEqual({
      severity: "medium",
      because: "nothing of AKS needs it, and it has gone on for 15 minutes",
    });
    const everywhere = { ...spread, class: "application", isEverywhere: true } as const;
    expect(severityOf(everywhere).severity).toBe("medium");
    expect(severityOf({ ...everywhere, lastAt: atMinute(59) }).severity).toBe("medium");
    expect(severityOf({ ...everywhere, lastAt: atMinute(60) }).severity).toBe("high");
    expect(
      severityOf({ ...spread, class: "osUpdates", isEverywhere: true, sourceCount: 9, lastAt: atMinute(60) }).severity,
    ).toBe("low");
    expect(severityOf({ ...spread, class: "osUpdates", lastAt: atMinute(24 * 60) }).severity).toBe("medium");
  });
});
