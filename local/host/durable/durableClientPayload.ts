/** Where the management API is served: for people and web hooks, and for the client library. */
export const WEBHOOK_PATH = "/runtime/webhooks/durabletask";
export const RPC_PATH = "/durabletask";

/**
 * What a function with a durable client input is given. Keys are off, so no URL carries one. With `rpcBaseUrl` set, as
 * the extension does for Node, the library calls that and ignores the templates.
 */
export function durableClientPayload(hostUrl: string, taskHub: string): string {
  const base = `${hostUrl}${WEBHOOK_PATH}`;
  const query = `taskHub=${taskHub}&connection=Storage`;
  const id = "INSTANCEID";
  const instance = `${base}/instances/${id}`;
  return JSON.stringify({
    taskHubName: taskHub,
    creationUrls: {
      createNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?${query}`,
      createAndWaitOnNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${query}`,
    },
    managementUrls: {
      id,
      statusQueryGetUri: `${instance}?${query}`,
      sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
      terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
      rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
      purgeHistoryDeleteUri: `${instance}?${query}`,
      restartPostUri: `${instance}/restart?${query}`,
      suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
      resumePostUri: `${instance}/resume?reason={text}&${query}`,
    },
    baseUrl: base,
    requiredQueryStringParameters: query,
    rpcBaseUrl: `${hostUrl}${RPC_PATH}/`,
  });
}
