import type { OutsideColumns } from "../local/azure/logs/rowsFromOutside.ts";
import type { SeededRandom } from "../test/domain/seededRandom.ts";

export interface DeniedRowsOptions {
  readonly firewallId: string;
  readonly rowCount: number;
  readonly destinationCount: number;
  /** Addresses of 10.0.5.0/24 from the fourth on. */
  readonly sourceCount: number;
  /** They come into the log from here on, evenly. */
  readonly fromEpochMs: number;
  readonly minutes: number;
  readonly random: SeededRandom;
}

const FIRST_SOURCE = 4;
const FIRST_PORT = 32_768;
const PORT_COUNT = 28_232;
/** From the firewall to the log. */
const DELAY_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/** Refused connections of the table AZFWApplicationRule, no two alike: few destinations have most of them, and each has one at least. */
export function deniedRows(options: DeniedRowsOptions): OutsideColumns {
  const { firewallId, rowCount, destinationCount, sourceCount, fromEpochMs, minutes, random } = options;
  const all = <Value>(value: (index: number) => Value): readonly Value[] =>
    Array.from({ length: rowCount }, (_, index) => value(index));
  const ingestedAtEpochMs = all((index) => fromEpochMs + Math.floor((index * minutes * MINUTE_MS) / rowCount));
  const destinationOf = (index: number): number =>
    index < destinationCount ? index : Math.floor(destinationCount * (random.below(1_000_000) / 1_000_000) ** 3);
  return {
    ingestedAtEpochMs,
    columns: {
      TimeGenerated: ingestedAtEpochMs.map((epochMs) => epochMs - DELAY_MS),
      _ResourceId: all(() => firewallId.toLowerCase()),
      Action: all(() => "Deny"),
      ActionReason: all(() => "No rule matched. Proceeding with default action."),
      SourceIp: all(() => `10.0.5.${FIRST_SOURCE + random.below(sourceCount)}`),
      // With the time it tells one connection from another.
      SourcePort: all((index) => FIRST_PORT + (index % PORT_COUNT)),
      Fqdn: all((index) => `d${destinationOf(index)}.shop.example`),
      DestinationPort: all(() => 443),
      Protocol: all(() => "HTTPS"),
    },
  };
}
