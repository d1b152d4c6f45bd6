/** More sources than this are counted and not listed. */
export const SOURCES_MAX = 10;

export interface FlowSourcePod {
  readonly namespace: string;
  readonly name: string;
  /** The deployment, daemon set or job that it belongs to. */
  readonly workload?: string;
}

/** Who was refused, as far as it can be known from an address and a time. */
export interface FlowSource {
  readonly address: string;
  readonly cluster?: string;
  readonly pool?: string;
  readonly node?: string;
  readonly pod?: FlowSourcePod;
  /** The address is a node's: pods leave under it, and the log cannot tell which. */
  readonly hiddenBySnat: boolean;
}
