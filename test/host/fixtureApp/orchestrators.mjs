import * as df from "durable-functions";

const seconds = (context, count) => new Date(context.df.currentUtcDateTime.getTime() + count * 1000);

df.app.orchestration("fanOut", function* (context) {
  const { prefix, count, milliseconds } = context.df.getInput();
  const tasks = Array.from({ length: count }, (_, value) =>
    context.df.callActivity("double", { key: `${prefix}-${value}`, value, milliseconds }),
  );
  return yield context.df.Task.all(tasks);
});

df.app.orchestration("retrying", function* (context) {
  const { key, failures, attempts } = context.df.getInput();
  const retry = new df.RetryOptions(10_000, attempts);
  retry.backoffCoefficient = 2;
  try {
    return yield context.df.callActivityWithRetry("failFirst", retry, { key, failures });
  } catch (error) {
    const after = yield context.df.callActivity("echo", "after the failure");
    return `${after}: ${error.message.split("\n")[0]}`;
  }
});

df.app.orchestration("sleeper", function* (context) {
  const from = context.df.currentUtcDateTime.toISOString();
  yield context.df.createTimer(seconds(context, context.df.getInput()));
  const seenByActivity = yield context.df.callActivity("tellTime");
  return { from, to: context.df.currentUtcDateTime.toISOString(), seenByActivity };
});

df.app.orchestration("parent", function* (context) {
  const named = `${context.df.instanceId}.child`;
  const done = yield context.df.Task.all([
    context.df.callSubOrchestrator("fanOut", { prefix: "a", count: 2 }),
    context.df.callSubOrchestrator("fanOut", { prefix: "b", count: 3 }, named),
  ]);
  try {
    yield context.df.callSubOrchestrator("failing", "no luck");
  } catch (error) {
    return { done, caught: error.message };
  }
});

df.app.orchestration("failing", function* (context) {
  yield context.df.callActivity("echo", 1);
  throw new Error(context.df.getInput());
});

df.app.orchestration("waitForGo", function* (context) {
  yield context.df.callActivity("echo", 1);
  return yield context.df.waitForExternalEvent("go");
});

// Fresh tasks in every round: the pattern that the app's lanes use.
df.app.orchestration("collect", function* (context) {
  const { count, patienceSeconds } = context.df.getInput();
  const seen = [];
  while (seen.length < count) {
    const event = context.df.waitForExternalEvent("item");
    const timer = context.df.createTimer(seconds(context, patienceSeconds));
    const winner = yield context.df.Task.any([event, timer]);
    if (winner === timer) return { seen, ended: "timer" };
    timer.cancel();
    seen.push(event.result);
  }
  return { seen, ended: "events" };
});

df.app.orchestration("entityUser", function* (context) {
  const id = new df.EntityId("counter", context.df.getInput());
  context.df.signalEntity(id, "add", 5);
  const sum = yield context.df.callEntity(id, "add", 2);
  let error = "";
  try {
    yield context.df.callEntity(id, "burn");
  } catch (thrown) {
    error = thrown.message;
  }
  return { sum, error, value: yield context.df.callEntity(id, "get") };
});

df.app.orchestration("customStatus", function* (context) {
  context.df.setCustomStatus("x".repeat(context.df.getInput()));
  yield context.df.callActivity("echo", 1);
});

df.app.orchestration("countdown", function* (context) {
  const left = context.df.getInput();
  const event = yield context.df.waitForExternalEvent("tick");
  if (left > 1) context.df.continueAsNew(left - 1);
  return event;
});

// A bit of everything, for crashes: every finished piece must be done once, and the end must be the same.
df.app.orchestration("everything", function* (context) {
  const prefix = context.df.instanceId;
  const doubled = yield context.df.callSubOrchestrator("fanOut", { prefix, count: 5, milliseconds: 1 });
  yield context.df.createTimer(seconds(context, 30));
  const sum = yield context.df.callEntity(new df.EntityId("counter", prefix), "add", doubled.length);
  yield context.df.callActivity("raiseEvent", { instanceId: prefix, name: "item", data: "raised" });
  const event = yield context.df.waitForExternalEvent("item");
  const last = [];
  for (let value = 0; value < 4; value++) {
    last.push(yield context.df.callActivity("double", { key: `${prefix}-last-${value}`, value }));
  }
  return { doubled, sum, event, last };
});

df.app.orchestration("nothing", function* (context) {
  return { input: context.df.getInput(), nothing: yield context.df.callActivity("returnNothing") };
});

// The loser of the race is not cancelled: on Azure the instance runs on until the timer has fired.
df.app.orchestration("abandonedTimer", function* (context) {
  const timer = context.df.createTimer(seconds(context, 600));
  yield context.df.Task.any([context.df.callActivity("echo", 1), timer]);
  return "done";
});

// The library goes on at the first failure; what comes next starts when all tasks have ended.
df.app.orchestration("failsEarly", function* (context) {
  try {
    yield context.df.Task.all([
      context.df.callSubOrchestrator("failing", "early"),
      context.df.callSubOrchestrator("sleeper", 300),
    ]);
  } catch {
    return yield context.df.callActivity("tellTime");
  }
});

// One step of a lane as the app runs it: an activity, and a pause, several times over.
df.app.orchestration("step", function* (context) {
  for (let round = 0; round < 6; round++) {
    yield context.df.callActivity("echo", round);
    yield context.df.createTimer(seconds(context, 20));
  }
});

df.app.orchestration("steps", function* (context) {
  const count = context.df.getInput();
  yield context.df.Task.all(Array.from({ length: count }, () => context.df.callSubOrchestrator("step")));
});
