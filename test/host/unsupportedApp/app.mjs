import { app } from "@azure/functions";

app.storageQueue("onMessage", { queueName: "q", connection: "c", handler: () => {} });
