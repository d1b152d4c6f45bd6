/** For how long a host that is asked again and again gave no answer. */
export interface Silence {
  /** When it was last asked, ISO 8601. */
  readonly lookedAt: string;
  /** In all, since it was first asked. The time until a look without an answer counts from the look before it. */
  readonly unansweredSeconds: number;
  /** Without a break until now, and only while an answer was due. */
  readonly silentSeconds: number;
}

export interface AskedHost {
  readonly at: string;
  readonly isAnswered: boolean;
  /** Whether everything is set for it to answer: until then its silence tells nothing of what is behind it. */
  readonly isDue: boolean;
}

export function afterLook(before: Silence | undefined, { at, isAnswered, isDue }: AskedHost): Silence {
  const sinceSeconds = before === undefined ? 0 : (Date.parse(at) - Date.parse(before.lookedAt)) / 1000;
  const { unansweredSeconds = 0, silentSeconds = 0 } = before ?? {};
  return {
    lookedAt: at,
    unansweredSeconds: isAnswered ? unansweredSeconds : unansweredSeconds + sinceSeconds,
    silentSeconds: isAnswered || !isDue ? 0 : silentSeconds + sinceSeconds,
  };
}
