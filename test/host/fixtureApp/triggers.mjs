import { app } from "@azure/functions";
import { note } from "./ledger.mjs";

app.timer("everyFiveMinutes", {
  schedule: "%FIXTURE_SCHEDULE%",
  handler: (timer) =>
    note(`timer at ${new Date().toISOString()} past due ${timer.isPastDue} last ${timer.scheduleStatus.last}`),
});

app.eventGrid("onEvent", {
  handler: (event) => {
    if (event.subject === "fail") throw new Error("this event fails");
    note(`event ${event.id} ${event.subject ?? event.source}`);
  },
});

app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName === "helloMe") note("hook before helloMe");
});
