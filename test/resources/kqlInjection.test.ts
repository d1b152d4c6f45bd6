import { describe, expect, it } from "vitest";
import { egressQuestion } from "../../src/activities/readEgressLog.ts";
import { parseTicket } from "../../src/contracts/ticket.ts";
import { egressScope } from "../../src/domain/egressScope.ts";
import { remember } from "../../src/domain/environmentMemory.ts";
import { environmentSpec } from "../../src/domain/environmentSpec.ts";
import { type DeniedEgressQuestion, deniedEgressQuery } from "../../src/resources/deniedEgressQuery.ts";
import { podInventoryQuery } from "../../src/resources/podInventoryQuery.ts";
import { kqlShape } from "../harness/kqlAnalysis.ts";
import { kqlAttacks } from "../harness/kqlAttacks.ts";
import { sampleTicket } from "../harness/tickets.ts";

const question = {
  firewallId:
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/azureFirewalls/fw",
  sourcePrefixes: ["10.0.5.0/24"],
  from: "2026-11-02T08:00:00Z",
  to: "2026-11-02T08:30:00Z",
  needed: ["mcr.microsoft.com", ".data.mcr.microsoft.com"],
  ignored: { name: "www.example.com", port: 443 },
} satisfies DeniedEgressQuestion;
const pods = { addresses: ["10.0.5.7"], from: question.from, to: question.to };

/** Every place of a question into which a text goes. */
const places: Readonly<Record<string, { readonly good: string; ask(text: string): string }>> = {
  firewall: { good: question.firewallId, ask: (firewallId) => egress({ firewallId }) },
  prefix: { good: "10.0.5.0/24", ask: (prefix) => egress({ sourcePrefixes: [prefix] }) },
  from: { good: question.from, ask: (from) => egress({ from }) },
  to: { good: question.to, ask: (to) => egress({ to }) },
  "needed name": { good: "mcr.microsoft.com", ask: (name) => egress({ needed: [name, ".data.mcr.microsoft.com"] }) },
  "end of needed names": {
    good: ".data.mcr.microsoft.com",
    ask: (name) => egress({ needed: ["mcr.microsoft.com", name.startsWith(".") ? name : `.${name}`] }),
  },
  "ignored name": { good: "www.example.com", ask: (name) => egress({ ignored: { name, port: 443 } }) },
  address: { good: "10.0.5.7", ask: (address) => podInventoryQuery({ ...pods, addresses: [address] }).query.text },
  "from of pods": { good: pods.from, ask: (from) => podInventoryQuery({ ...pods, from }).query.text },
  "to of pods": { good: pods.to, ask: (to) => podInventoryQuery({ ...pods, to }).query.text },
};

function egress(changed: Partial<DeniedEgressQuestion>): string {
  return deniedEgressQuery({ ...question, ...changed }).query.text;
}

/** A text with an attack in every place. */
function attacked(good: string): readonly string[] {
  const middle = Math.floor(good.length / 2);
  return kqlAttacks.flatMap((attack) => [
    attack,
    attack + good,
    good + attack,
    good.slice(0, middle) + attack + good.slice(middle),
  ]);
}

/** The question, or undefined where it is refused to be made. */
function asked(make: () => string): string | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

describe("what is written by others", () => {
  it.each(Object.entries(places))("changes no question, wherever it is put: %s", (_, { good, ask }) => {
    const shape = kqlShape(ask(good));
    const taken = attacked(good).flatMap((text) => asked(() => ask(text)) ?? []);
    for (const text of new Set(taken)) expect(kqlShape(text), text.slice(0, 600)).toBe(shape);
  });

  it("would be found out by the shape, if it did", () => {
    const shape = kqlShape(egress({}));
    expect(kqlShape(egress({ firewallId: `${question.firewallId}2`, from: "2026-11-02T08:01:00Z" }))).toBe(shape);
    for (const broken of ['"10.0.5.0/24" or true', '"10.0.5.0/24") // ', 'h"10.0.5.0/24" "', "10.0.5.0"])
      expect(kqlShape(egress({}).replace('"10.0.5.0/24"', broken)), broken).not.toBe(shape);
  });
});

describe("a ticket", () => {
  it("that is taken changes no question either, whatever is written into any of its fields", () => {
    const ticket = sampleTicket("full.json", "CHG0001");
    const shape = kqlShape(questionOf(ticket) ?? "");
    const questions = new Set<string>();
    let takenCount = 0;
    for (const { path, value } of textsOf(ticket.environment)) {
      for (const [index, attack] of kqlAttacks.entries()) {
        const text = index % 2 === 0 ? value + attack : value.slice(0, 3) + attack + value.slice(3);
        const made = questionOf({ ...ticket, environment: replaced(ticket.environment, path, text) });
        if (made === undefined) continue;
        takenCount += 1;
        questions.add(made);
      }
    }
    expect(takenCount, "tags may hold anything").toBeGreaterThan(20);
    expect(questions.size, "names of groups may hold parentheses").toBeGreaterThan(1);
    for (const text of questions) expect(kqlShape(text)).toBe(shape);
  });
});

/** What the log would be asked about the environment of a ticket; undefined when the ticket is refused. */
function questionOf(json: unknown): string | undefined {
  const parsed = parseTicket(json);
  if (!parsed.ok || parsed.ticket.action !== "provision") return undefined;
  const spec = environmentSpec(parsed.ticket.environment, "00000000-0000-0000-0000-000000000001");
  const built = remember(undefined, { kind: "provisioned", spec, outputs: {} }, "CHG0001");
  return built === undefined ? undefined : egressQuestion(egressScope(built), question).query.text;
}

type Path = readonly (string | number)[];

function textsOf(value: unknown, path: Path = []): readonly { readonly path: Path; readonly value: string }[] {
  if (typeof value === "string") return [{ path, value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => textsOf(each, [...path, key]));
}

function replaced(value: unknown, path: Path, text: string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return text;
  const copy: unknown = structuredClone(value);
  const holder = copy as Record<string | number, unknown>;
  holder[key] = replaced(holder[key], rest, text);
  return copy;
}
