import {
  type AlertOutboxState,
  add,
  type DeliveryStart,
  type Due,
  due,
  emptyOutbox,
  type NewAlerts,
} from "../domain/alerts/alertOutboxState.ts";
import { type DeliveryReport, report } from "../domain/alerts/deliveryReport.ts";
import { entityFunction } from "./entityFunction.ts";

/** The operations of the entity `alertOutbox`, by name, with what they take and give back. Its key is the environment's name. */
export interface AlertOutboxOperations {
  /** Adding the same alerts again changes nothing. */
  add: { input: NewAlerts; output: { readonly start: readonly DeliveryStart[] } };
  due: { input: Parameters<typeof due>[1]; output: Due };
  report: { input: DeliveryReport; output: null };
}

/** The alerts of one environment until each sink has them. It outlives the environment: what closes with it still goes out. */
export const alertOutbox = entityFunction<AlertOutboxState, AlertOutboxOperations>("alertOutbox", emptyOutbox, {
  add,
  due,
  report: (state, delivery) => [report(state, delivery), null],
});
