/** What of the app is otherwise in this demonstration than for a user, and said on its screen. */

export const QUIET_HOURS = 1;

interface OwnSetting {
  readonly name: string;
  readonly value: number;
  /** What it is when nobody sets it. */
  readonly usual: number;
  readonly why: string;
}

export const ownSettings: readonly OwnSetting[] = [
  { name: "EGRESS_QUIET_HOURS", value: QUIET_HOURS, usual: 24, why: "so that the end is seen" },
  {
    name: "EGRESS_SILENCE_MINUTES",
    value: 1440,
    usual: 60,
    why: "as nothing else happens in this cluster, and its silence would be an alert, too",
  },
];

export const egressSettings: Readonly<Record<string, string>> = Object.fromEntries(
  ownSettings.map(({ name, value }) => [name, String(value)]),
);

export const settingsNote = `Not as by default: ${ownSettings
  .map(({ name, value, usual, why }) => `${name} is ${value} instead of ${usual}, ${why}`)
  .join("; ")}.`;
