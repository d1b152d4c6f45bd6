import { beforeEach, describe, expect, it } from "vitest";
import { authorizationModule } from "../../local/azure/authorization/authorizationModule.ts";
import { ArmError } from "../../local/azure/core/armError.ts";
import { FaultInjector } from "../../local/azure/core/faultInjector.ts";
import { LocalWorld } from "../../local/azure/core/localWorld.ts";
import { platformPrincipal } from "../../local/azure/core/platformPrincipal.ts";
import type { RecordedRequest } from "../../local/azure/core/requestLog.ts";
import type { AzureModule, JsonObject, ResourceChange } from "../../local/azure/core/resourceType.ts";
import { TypeRegistry } from "../../local/azure/core/typeRegistry.ts";
import { WorldState } from "../../local/azure/core/worldState.ts";
import { resourcesModule } from "../../local/azure/resources/resourcesModule.ts";
import { VirtualClock } from "../../local/clock.ts";
import { START } from "./coreLab.ts";

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000002";
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`;
const BOX = `${GROUP}/providers/Microsoft.Test/boxes/box`;
const BODY: JsonObject = { location: "westeurope" };

let clock: VirtualClock;
let changes: string[];
let failures: string[];
let internal: RecordedRequest[];
let finish: ((name: string) => ArmError | undefined) | undefined;

/** A provider of boxes with parts, to see what the core does for any type. */
const boxes: AzureModule = {
  resourceTypes: [
    {
      type: "Microsoft.Test/boxes",
      kind: "tracked",
      etags: true,
      retryAfterSeconds: 2,
      inlineChildren: [
        { property: "parts", type: "Microsoft.Test/boxes/parts", shape: "flat", whenOmitted: "unchanged" },
      ],
      putSeconds: ({ existing }) => (existing === undefined ? 60 : 10),
      deleteSeconds: () => 20,
      validate: ({ body }) => {
        if (body.properties !== undefined && (body.properties as JsonObject).color === "none")
          throw new ArmError(400, "BadColor", "A box has a color.");
      },
      finishPut: (resource) => {
        const error = finish?.(resource.name);
        return error === undefined
          ? { body: { ...resource.body, properties: { ...resource.body.properties, sealed: true } } }
          : { error };
      },
      render: ({ body }) => ({ ...body, properties: { ...body.properties, shown: true } }),
    },
    {
      type: "Microsoft.Test/boxes/parts",
      kind: "child",
      putSeconds: () => 0,
      finishPut: ({ body }) => ({ body: { ...body, properties: { ...body.properties, made: true } } }),
    },
  ],
  operations: [
    {
      method: "POST",
      path: "{Microsoft.Test/boxes}/shake",
      action: "Microsoft.Test/boxes/shake/action",
      handle: ({ resource, body }) =>
        body.now === true
          ? { status: 200, body: { shook: resource?.name } }
          : {
              acceptedForSeconds: 5,
              resultTask: "test.shake",
              data: { name: resource?.name, fails: body.fails },
              location: `${resource?.id}/shakes/one`,
              retryAfterSeconds: 1,
            },
    },
  ],
  tasks: {
    "test.shake": (data) => {
      if (data.fails === true) throw new ArmError(409, "Stuck", "It is stuck.");
      return { status: 200, body: { shook: data.name, later: true } };
    },
    "test.write": (data, world) => {
      world.store.put({ id: String(data.id), name: "x", type: "Microsoft.Test/notes", body: { properties: { n: 1 } } });
      if (data.fails === true) throw new Error("a mistake");
      return undefined;
    },
  },
  onChanged: (change: ResourceChange) => {
    changes.push(`${change.kind} ${change.resource.id.replace(GROUP, "")}${change.inline === true ? " inline" : ""}`);
  },
};

let world: LocalWorld;

function makeWorld(seed = 1): LocalWorld {
  return new LocalWorld({
    clock,
    state: new WorldState(undefined),
    registry: new TypeRegistry([resourcesModule, authorizationModule, boxes]),
    faults: new FaultInjector(seed),
    tenantId: "00000000-0000-4000-8000-000000000001",
    subscriptionId: SUBSCRIPTION,
    seed,
    propagationSeconds: 30,
    replicationSeconds: 15,
    onInternalRequest: (request) => internal.push(request),
    armUrl: () => "https://127.0.0.1",
    onTaskFailure: (task, error) => failures.push(`${task}: ${String(error)}`),
  });
}

beforeEach(() => {
  clock = new VirtualClock(START);
  [changes, failures, internal, finish] = [[], [], [], undefined];
  world = makeWorld();
  send("PUT", GROUP, BODY);
  changes.length = 0;
});

function send(
  method: "GET" | "PUT" | "DELETE" | "POST",
  path: string,
  body?: JsonObject,
  principal = platformPrincipal,
) {
  return world.armRequest({
    principal,
    method,
    path,
    apiVersion: "2024-01-01",
    ...(body === undefined ? {} : { body }),
  });
}
const properties = (path: string) => (send("GET", path).body?.properties ?? {}) as JsonObject;
const codeOf = (answer: { body?: JsonObject }) => (answer.body?.error as JsonObject | undefined)?.code;

describe("a request of Azure's own services", () => {
  it("goes through the roles like any other, and is recorded apart", () => {
    const stranger = world.createPrincipal("stranger");
    expect(codeOf(send("PUT", BOX, BODY, stranger))).toBe("AuthorizationFailed");
    expect(world.store.get(BOX)).toBeUndefined();
    expect(internal.at(-1)).toMatchObject({
      method: "PUT",
      path: BOX,
      principal: stranger.objectId,
      status: 403,
      code: "AuthorizationFailed",
    });
  });

  it("suffers scripted faults, broken connections as 503", () => {
    world.faults.setScripts([{ match: { path: "/boxes/" }, when: "begin", answer: "reset" }]);
    expect(codeOf(send("PUT", BOX, BODY))).toBe("ServiceUnavailable");
    expect(send("PUT", BOX, BODY).status).toBe(201);
  });
});

describe("a write", () => {
  it("is announced when it has taken effect, with its parts as inline", async () => {
    send("PUT", BOX, { ...BODY, properties: { parts: [{ name: "lid", size: 3 }] } });
    expect(changes).toEqual([]);
    expect(properties(BOX)).toEqual({
      provisioningState: "Creating",
      parts: [{ name: "lid", size: 3, provisioningState: "Creating" }],
      shown: true,
    });
    await clock.advance(59_999);
    expect(changes).toEqual([]);
    await clock.advance(1);
    const box = BOX.replace(GROUP, "");
    expect(changes).toEqual([`write ${box}`, `write ${box}/parts/lid inline`]);
    expect(properties(BOX)).toEqual({
      provisioningState: "Succeeded",
      sealed: true,
      parts: [{ name: "lid", size: 3, provisioningState: "Succeeded", made: true }],
      shown: true,
    });
  });

  it("keeps parts that are left out, and removes those that another list leaves out", async () => {
    send("PUT", BOX, { ...BODY, properties: { parts: [{ name: "lid" }, { name: "base" }] } });
    await clock.advance(60_000);
    send("PUT", BOX, BODY);
    await clock.advance(10_000);
    expect(world.store.children(BOX).map(({ name }) => name)).toEqual(["lid", "base"]);
    send("PUT", BOX, { ...BODY, properties: { parts: [{ name: "BASE" }] } });
    expect(world.store.children(BOX).map(({ name }) => name)).toEqual(["base"]);
  });

  it("that fails at its end leaves all its parts failed", async () => {
    finish = () => new ArmError(500, "Broken", "The box broke.");
    send("PUT", BOX, { ...BODY, properties: { parts: [{ name: "lid" }] } });
    await clock.advance(60_000);
    expect(properties(BOX).provisioningState).toBe("Failed");
    expect(properties(`${BOX}/parts/lid`).provisioningState).toBe("Failed");
    expect(changes).toEqual([]);
  });

  it("that is refused has done nothing", () => {
    send("PUT", BOX, BODY);
    const before = world.store.get(BOX);
    expect(codeOf(send("PUT", `${BOX}2`, { ...BODY, properties: { color: "none" } }))).toBe("BadColor");
    expect(codeOf(send("PUT", BOX, BODY))).toBe("AnotherOperationInProgress");
    expect(world.store.get(BOX)).toBe(before);
    expect(world.store.get(`${BOX}2`)).toBeUndefined();
  });

  it("cannot be changed behind the store's back", () => {
    send("PUT", BOX, BODY);
    const kept = world.store.get(BOX);
    expect(() => {
      if (kept !== undefined) kept.body.location = "elsewhere";
    }).toThrow(TypeError);
  });
});

describe("the deletion of a group", () => {
  it("waits for what still runs in it, and names who asked for it", async () => {
    send("PUT", BOX, BODY);
    expect(send("DELETE", GROUP).status).toBe(202);
    await clock.advance(200_000);
    expect(world.store.get(GROUP)).toBeUndefined();
    expect(changes).toEqual([`write ${BOX.replace(GROUP, "")}`, `delete ${BOX.replace(GROUP, "")}`, "delete "]);
  });
});

describe("an action", () => {
  beforeEach(async () => {
    send("PUT", BOX, BODY);
    await clock.advance(60_000);
  });

  it("answers at once, or later at the Location that it named", async () => {
    expect(send("POST", `${BOX}/shake`, { now: true })).toEqual({ status: 200, body: { shook: "box" } });
    expect(send("POST", `${BOX}/shake`, {}).status).toBe(202);
    expect(send("GET", `${BOX}/shakes/one`).status).toBe(202);
    await clock.advance(5_000);
    expect(send("GET", `${BOX}/shakes/one`)).toEqual({ status: 200, body: { shook: "box", later: true } });
  });

  it("that fails later says so at its Location", async () => {
    send("POST", `${BOX}/shake`, { fails: true });
    await clock.advance(5_000);
    const answer = send("GET", `${BOX}/shakes/one`);
    expect([answer.status, codeOf(answer)]).toEqual([409, "Stuck"]);
  });

  it("needs its resource and its right", () => {
    expect(codeOf(send("POST", `${BOX}2/shake`, {}))).toBe("ResourceNotFound");
    expect(codeOf(send("POST", `${BOX}/shake`, {}, world.createPrincipal("stranger")))).toBe("AuthorizationFailed");
    expect(codeOf(send("POST", `${BOX}/spin`, {}))).toBe("InvalidResourceType");
  });
});

describe("a scheduled task", () => {
  const id = `${GROUP}/providers/Microsoft.Test/notes/x`;

  it("runs when its time has come", async () => {
    world.schedule("test.write", 5, { id });
    await clock.advance(4_999);
    expect(world.store.get(id)).toBeUndefined();
    await clock.advance(1);
    expect(world.store.get(id)).toBeDefined();
  });

  it("that makes a mistake has changed nothing, is reported once, and does not come again", async () => {
    world.schedule("test.write", 5, { id, fails: true });
    await clock.advance(60_000);
    expect(world.store.get(id)).toBeUndefined();
    expect(failures).toEqual([`test.write {"id":"${id}","fails":true}: Error: a mistake`]);
  });

  it("that ends an operation and makes a mistake ends it as Failed", async () => {
    finish = () => {
      throw new Error("a mistake");
    };
    send("PUT", BOX, BODY);
    await clock.advance(60_000);
    expect(failures).toHaveLength(1);
    expect(properties(BOX).provisioningState).toBe("Failed");
    expect(world.operations.running).toEqual([]);
    finish = undefined;
    expect(send("PUT", BOX, BODY).status).toBe(200);
  });

  it("of a turn that was taken back does not run", async () => {
    const turn = () =>
      world.state.turn(() => {
        world.schedule("test.write", 5, { id });
        throw new Error("no");
      });
    expect(turn).toThrow("no");
    await clock.advance(60_000);
    expect(world.store.get(id)).toBeUndefined();
  });

  it("must exist", () => {
    expect(() => world.schedule("test.unknown", 1, {})).toThrow('No module has a task "test.unknown"');
  });
});

describe("the store", () => {
  it("finds what mentions an id or something below it, and not the thing itself", () => {
    const put = (name: string, body: JsonObject) =>
      world.store.put({
        id: `${GROUP}/providers/Microsoft.Test/notes/${name}`,
        name,
        type: "Microsoft.Test/notes",
        body,
      });
    put("exact", { properties: { box: { id: BOX.toUpperCase() } } });
    put("below", { properties: { parts: [`${BOX}/parts/lid`] } });
    put("longer", { properties: { box: `${BOX}2` } });
    world.store.put({
      id: BOX,
      name: "box",
      type: "Microsoft.Test/boxes",
      body: { properties: { self: `${BOX}/parts/lid` } },
    });
    expect(world.store.referencesTo(BOX).map(({ name }) => name)).toEqual(["exact", "below"]);
  });

  it("removes what lies below with a resource, and nothing beside it", () => {
    for (const path of [BOX, `${BOX}/parts/lid`, `${BOX}/providers/Microsoft.Test/notes/n`, `${BOX}2`]) {
      world.store.put({ id: path, name: path.split("/").at(-1) ?? "", type: "Microsoft.Test/notes", body: {} });
    }
    world.store.remove(BOX);
    expect(world.store.below(GROUP).map(({ id }) => id)).toEqual([`${BOX}2`]);
  });

  it("keeps the order of creation when a deletion is taken back", () => {
    const id = (name: string) => `${GROUP}/providers/Microsoft.Test/notes/${name}`;
    for (const name of ["a", "b", "c"]) world.store.put({ id: id(name), name, type: "Microsoft.Test/notes", body: {} });
    const turn = () =>
      world.state.turn(() => {
        world.store.remove(id("a"));
        world.store.put({ id: id("d"), name: "d", type: "Microsoft.Test/notes", body: {} });
        throw new Error("no");
      });
    expect(turn).toThrow("no");
    expect(world.store.children(GROUP).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });
});

describe("chance", () => {
  const draw = (seed: number) => {
    const drawn = makeWorld(seed);
    return [drawn.newGuid(), drawn.random(), drawn.newPublicAddress(), drawn.createPrincipal("p").objectId];
  };

  it("is the same for the same seed (41) and other for another (42)", () => {
    expect(draw(41)).toEqual(draw(41));
    for (const [index, value] of draw(42).entries()) expect(value).not.toBe(draw(41)[index]);
  });

  it("gives no guid and no address twice", () => {
    const guids = Array.from({ length: 5_000 }, () => world.newGuid());
    expect(new Set(guids).size).toBe(5_000);
    for (const guid of guids.slice(0, 50))
      expect(guid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const addresses = Array.from({ length: 500 }, () => world.newPublicAddress());
    expect(new Set(addresses).size).toBe(500);
    const draws = Array.from({ length: 2_000 }, () => world.random());
    expect(Math.abs(draws.reduce((sum, value) => sum + value, 0) / 2_000 - 0.5)).toBeLessThan(0.03);
  });
});

describe("modules", () => {
  it("may not define one type twice", () => {
    expect(() => new TypeRegistry([boxes, boxes])).toThrow("Two modules define the resource type Microsoft.Test/boxes");
  });
});
