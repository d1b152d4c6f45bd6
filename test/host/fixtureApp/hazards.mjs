// Orchestrators that look right and are wrong on Azure, and some that use what the local host does not have.
import * as df from "durable-functions";

df.app.orchestration("reusedInAny", function* (context) {
  const open = ["a", "b", "c"].map((key) => context.df.callActivity("double", { key, value: 1 }));
  while (open.length > 0) {
    const done = yield context.df.Task.any(open);
    open.splice(open.indexOf(done), 1);
  }
});

df.app.orchestration("reusedInAll", function* (context) {
  const slow = context.df.callActivity("double", { key: "slow", value: 1 });
  yield context.df.Task.any([slow, context.df.callActivity("double", { key: "quick", value: 1 })]);
  yield context.df.Task.all([slow, context.df.callActivity("double", { key: "other", value: 1 })]);
});

df.app.orchestration("reusedEvent", function* (context) {
  const event = context.df.waitForExternalEvent("go");
  const soon = () => context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 1000));
  yield context.df.Task.any([event, soon()]);
  yield context.df.Task.any([event, soon()]);
});

df.app.orchestration("nonDeterministic", function* (context) {
  globalThis.fixtureRunCount = (globalThis.fixtureRunCount ?? 0) + 1;
  yield context.df.callActivity(globalThis.fixtureRunCount % 2 === 1 ? "echo" : "returnNothing", 1);
});

df.app.orchestration("unknownActivity", function* (context) {
  yield context.df.callActivity("isNotThere");
});

df.app.orchestration("callsHttp", function* (context) {
  yield context.df.callHttp({ method: "GET", url: "http://127.0.0.1/" });
});

df.app.orchestration("otherCase", function* (context) {
  return yield context.df.waitForExternalEvent("go");
});

df.app.orchestration("caughtAllWithRetry", function* (context) {
  const retry = new df.RetryOptions(1000, 3);
  const key = context.df.instanceId;
  try {
    yield context.df.Task.all([
      context.df.callActivity("failFirst", { key: `${key}-plain`, failures: 9 }),
      context.df.callActivityWithRetry("failFirst", retry, { key: `${key}-retried`, failures: 9 }),
    ]);
  } catch {
    return yield context.df.callActivity("echo", "compensated");
  }
});

df.app.orchestration("retryTimeout", function* (context) {
  const retry = new df.RetryOptions(1000, 50);
  retry.retryTimeoutInMilliseconds = 2500;
  return yield context.df.callActivityWithRetry("failFirst", retry, { key: context.df.instanceId, failures: 99 });
});

df.app.orchestration("locks", function* (context) {
  yield context.df.lock(new df.EntityId("counter", "x"));
});
