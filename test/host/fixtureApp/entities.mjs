import { setTimeout as sleep } from "node:timers/promises";
import * as df from "durable-functions";

df.app.entity("counter", async (context) => {
  const value = context.df.getState(() => 0);
  switch (context.df.operationName) {
    case "add":
      context.df.setState(value + context.df.getInput());
      context.df.return(value + context.df.getInput());
      return;
    case "addSlowly":
      await sleep(30);
      context.df.setState(value + context.df.getInput());
      return;
    case "get":
      context.df.return(value);
      return;
    case "forward":
      context.df.signalEntity(new df.EntityId("counter", context.df.getInput().to), "add", context.df.getInput().by);
      return;
    case "delete":
      context.df.destructOnExit();
      return;
    default:
      throw new Error(`unknown operation ${context.df.operationName}`);
  }
});
