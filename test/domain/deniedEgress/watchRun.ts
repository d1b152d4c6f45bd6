/** Passes of the watch, one after another, over what the log is made to answer. */
import type { Alert } from "../../../src/domain/alerts/alert.ts";
import { commit, failRead } from "../../../src/domain/deniedEgress/commitReading.ts";
import type { DeniedFlow, LogReading } from "../../../src/domain/deniedEgress/deniedFlow.ts";
import { digest } from "../../../src/domain/deniedEgress/digest.ts";
import type { EgressContext } from "../../../src/domain/deniedEgress/egressContext.ts";
import { defaultEgressSettings } from "../../../src/domain/deniedEgress/egressSettings.ts";
import {
  beginRead,
  type EgressWatchState,
  emptyEgressWatch,
  endRead,
} from "../../../src/domain/deniedEgress/egressWatchState.ts";
import type { ClusterNodes } from "../../../src/domain/deniedEgress/nodeDirectory.ts";
import type { ReadFailureKind, TelemetryLook } from "../../../src/domain/deniedEgress/telemetry.ts";
import { OVERLAP_MINUTES } from "../../../src/domain/deniedEgress/window.ts";
import { atMinute, clusterNodes, context, look, reading } from "./egressWorld.ts";
import { FIREWALL_ID } from "./toyLog.ts";

export class WatchRun {
  state: EgressWatchState = emptyEgressWatch;
  context: EgressContext = context;
  settings = defaultEgressSettings;
  look: TelemetryLook = look;
  nodes: readonly ClusterNodes[] = clusterNodes;
  /** How late the log's rows are; undefined when none came. */
  lagSeconds: number | undefined = 240;
  /** Whether there is any row of late, about allowed connections too. */
  hasRows = true;
  #flows: readonly DeniedFlow[] = [];
  readonly #more: Partial<LogReading>;

  constructor(more: Partial<LogReading> = {}) {
    this.#more = more;
  }

  /** Puts rows into the log. */
  add(...flows: readonly DeniedFlow[]): this {
    this.#flows = [...this.#flows, ...flows];
    return this;
  }

  /** Reads whatever there is at a minute, and returns what is told of it. */
  pass(minute: number, more: Partial<LogReading> = {}): readonly Alert[] {
    const alerts: Alert[] = [];
    const instanceId = `watch.shop.${minute}`;
    const at = atMinute(minute);
    for (let round = 0; round < 200; round++) {
      const [begun, answer] = beginRead(this.state, { instanceId, at });
      this.state = begun;
      if (answer.kind !== "go") break;
      const { window, known } = answer;
      const { newestRowAt, ...rest } = reading(this.#flows, { newestRowAt: at, ...this.#more, ...more });
      const read = { ...rest, ...(this.hasRows && newestRowAt !== undefined ? { newestRowAt } : {}) };
      const of = {
        instanceId,
        environment: "shop",
        at,
        settings: this.settings,
        firewallId: FIREWALL_ID,
        look: this.look,
        nodes: this.nodes,
      };
      const digested = digest({
        reading: read,
        window,
        context: this.context,
        known: known.fingerprints,
        ...(this.lagSeconds === undefined ? {} : { lagSeconds: this.lagSeconds }),
      });
      const [state, committed] = commit(begun, { ...of, digest: digested });
      this.state = state;
      alerts.push(...committed.alerts);
      if (!committed.more) break;
    }
    this.state = endRead(this.state, { instanceId });
    const { watermark = "" } = this.state.cursor;
    this.#flows = this.#flows.filter(
      ({ slice }) => Date.parse(slice) > Date.parse(watermark) - OVERLAP_MINUTES * 120_000,
    );
    return alerts;
  }

  /** A pass whose query fails; true when it is to be made again at once, for less. */
  fail(minute: number, kind: ReadFailureKind, without?: "look"): readonly [readonly Alert[], boolean] {
    const instanceId = `watch.shop.${minute}`;
    const at = atMinute(minute);
    const [begun, answer] = beginRead(this.state, { instanceId, at });
    if (answer.kind !== "go") throw new Error(`Nothing to read at ${at}.`);
    const failure = {
      code: "InsufficientAccessError",
      message: "The provided credentials have insufficient access.",
      advice: "See the workspace.",
    };
    const [state, { alerts, again }] = failRead(begun, {
      instanceId,
      environment: "shop",
      at,
      settings: this.settings,
      sequence: answer.window.sequence,
      kind,
      failure,
      ...(without === undefined ? { look: this.look } : {}),
    });
    this.state = endRead(state, { instanceId });
    return [alerts, again];
  }
}
