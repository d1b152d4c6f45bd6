import {
  type BackendsEnd,
  begin,
  type Confirmation,
  confirm,
  countEvent,
  displace,
  emptyRouteSync,
  end,
  nothingToFollow,
  type PassReport,
  type RouteSyncState,
  record,
  recordBackends,
} from "../domain/routeSyncState.ts";
import { endWatch, keepWatch, type RouteWatch, type WatchAnswer, type WatchRequest } from "../domain/routeWatch.ts";
import type { FindingChanges } from "../domain/standingFindings.ts";
import { entityFunction } from "./entityFunction.ts";

/** The operations of the entity `gatewayRoutes`, by name, with what they take and give back. Its key is the environment's name. */
export interface GatewayRoutesOperations {
  begin: { input: Parameters<typeof begin>[1]; output: ReturnType<typeof begin>[1] };
  displace: { input: Parameters<typeof displace>[1]; output: ReturnType<typeof displace>[1] };
  end: { input: Parameters<typeof end>[1]; output: ReturnType<typeof end>[1] };
  record: { input: PassReport; output: FindingChanges };
  /** What the gateway said of its backends after a write of this instance. */
  recordBackends: { input: BackendsEnd; output: null };
  nothingToFollow: { input: null; output: FindingChanges };
  keepWatch: { input: WatchRequest; output: WatchAnswer };
  endWatch: { input: { readonly instanceId: string }; output: null };
  confirm: { input: Parameters<typeof confirm>[1]; output: Confirmation };
  countEvent: { input: Parameters<typeof countEvent>[1]; output: null };
  /** The environment is gone. */
  forget: { input: null; output: FindingChanges };
}

export interface GatewayRoutesState extends RouteSyncState {
  readonly watch?: RouteWatch;
}

/** What is kept of the gateway's routes of one environment. Events that belong to none are counted under NO_ENVIRONMENT. */
export const gatewayRoutes = entityFunction<GatewayRoutesState, GatewayRoutesOperations>(
  "gatewayRoutes",
  emptyRouteSync,
  {
    begin,
    displace,
    end,
    record,
    recordBackends: (state, backends) => [recordBackends(state, backends), null],
    nothingToFollow,
    keepWatch,
    endWatch: (state, watch) => [endWatch(state, watch), null],
    confirm,
    countEvent: (state, event) => [countEvent(state, event), null],
    forget: (state) => [emptyRouteSync, nothingToFollow(state)[1]],
  },
);
