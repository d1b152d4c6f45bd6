/** What an operator may set about cases. */
export interface EgressSettings {
  /** A case is closed when nothing of it was ingested for so long, in hours. */
  readonly quietHours: number;
  /** A log without any row for so long is a finding, in minutes. */
  readonly silenceMinutes: number;
  /** A case is raised from so many refused connections on; one about something that AKS needs at once. */
  readonly openAfterHits: number;
}

export const defaultEgressSettings: EgressSettings = { quietHours: 24, silenceMinutes: 60, openAfterHits: 1 };
