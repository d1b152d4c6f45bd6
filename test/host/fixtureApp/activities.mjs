import { setTimeout as sleep } from "node:timers/promises";
import * as df from "durable-functions";
import { note } from "./ledger.mjs";

/** Attempts by key, to fail the first ones. Forgotten with the process, as a crash should. */
const attempts = new Map();

df.app.activity("double", {
  handler: async ({ key, value, milliseconds = 0 }) => {
    note(`begin ${key}`);
    if (milliseconds > 0) await sleep(milliseconds);
    note(`end ${key}`);
    return value * 2;
  },
});

df.app.activity("echo", { handler: (input) => input });
df.app.activity("returnNothing", { handler: () => undefined });
df.app.activity("tellTime", { handler: () => new Date().toISOString() });

df.app.activity("failFirst", {
  handler: ({ key, failures }) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    note(`attempt ${attempt} of ${key} at ${new Date().toISOString()}`);
    if (attempt <= failures) throw new Error(`attempt ${attempt} fails`);
    return attempt;
  },
});

df.app.activity("raiseEvent", {
  extraInputs: [df.input.durableClient()],
  handler: async ({ instanceId, name, data }, context) => {
    await df.getClient(context).raiseEvent(instanceId, name, data);
  },
});
