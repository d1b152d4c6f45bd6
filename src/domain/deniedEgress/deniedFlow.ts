/** What the firewall's log says of refused connections, as the query answers it. */

export type DeniedKind = "network" | "application" | "threat";

export interface FlowDestination {
  readonly kind: "fqdn" | "address" | "unknown" | "many";
  /** Lower case; "" when unknown, "*" when many. */
  readonly name: string;
}

/** "default": no rule matched. "rule": a rule says so. "sniMissing": TLS without a server name, so that no name is known. */
export type DenyReason = "default" | "rule" | "threatIntelligence" | "sniMissing" | "other";

/** Alike refused connections of one source in one minute of ingestion. */
export interface DeniedFlow {
  /** ISO 8601: the start of the minute of ingestion. */
  readonly slice: string;
  readonly kind: DeniedKind;
  readonly firewallId: string;
  readonly sourceAddress: string;
  readonly destination: FlowDestination;
  /** Absent for protocols without ports, and where the log does not say it. */
  readonly port: number | undefined;
  /** "TCP", "UDP", "ICMP", "HTTP", "HTTPS", "MSSQL": upper case, trimmed. */
  readonly protocol: string;
  readonly reason: DenyReason;
  /** Collection and rule that refused it; "" for the default. */
  readonly rule: string;
  readonly count: number;
  /** When the first and the last of them were refused, by the firewall's clock. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** What a slice holds in all, of one kind from one prefix; what the listed flows lack of it is in the roll-up. */
export interface SliceTotal {
  readonly slice: string;
  readonly kind: DeniedKind;
  /** A cluster's subnet; "" for addresses in none. */
  readonly sourcePrefix: string;
  readonly count: number;
  readonly destinationCount: number;
}

/** One bounded answer of the log. */
export interface LogReading {
  readonly flows: readonly DeniedFlow[];
  readonly totals: readonly SliceTotal[];
  /** When the newest row of any kind was written by the firewall, those about allowed connections too. */
  readonly newestRowAt?: string;
  /** Names of the tables that there are, whether or not they hold rows of the window. */
  readonly tables: readonly string[];
  /** What the log's own clock said: nothing after it has been read, whatever our clock says. */
  readonly logTime?: string;
}
