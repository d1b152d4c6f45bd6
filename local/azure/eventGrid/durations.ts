/** How long Microsoft.EventGrid takes, in seconds of Azure time: estimates within Azure's short writes (1–15 s), no measured source. */
export const durations = { systemTopic: 10, topic: 10, eventSubscription: 10, delete: 5 } as const;

export const RETRY_AFTER_SECONDS = 5;
