/**
 * The app lives in Azure time: while a host runs, `Date` tells the time of its clock (`Date.now()`, `new Date()`), as
 * under libfaketime. Everything else of `Date` is the real one, and timers of the process (setTimeout) stay real.
 */
import type { Clock } from "../clock.ts";

interface DateState {
  readonly real: DateConstructor;
  /** The clocks of the hosts that run in this process; the last one counts. */
  readonly clocks: { readonly clock: Clock }[];
}

const STATE_KEY = Symbol.for("portcullis.local-host.date");

function dateState(): DateState {
  const holder = globalThis as { [STATE_KEY]?: DateState };
  holder[STATE_KEY] ??= { real: globalThis.Date, clocks: [] };
  return holder[STATE_KEY];
}

/** Lets `Date` follow the clock, until the function that it returns is called. */
export function followClock(clock: Clock): () => void {
  const state = dateState();
  const entry = { clock };
  state.clocks.push(entry);
  globalThis.Date = azureDate(state);
  return () => {
    const index = state.clocks.indexOf(entry);
    if (index >= 0) state.clocks.splice(index, 1);
    if (state.clocks.length === 0) globalThis.Date = state.real;
  };
}

/** A plain function and no proxy: the durable library makes a date of every text in a history that looks like one. */
function azureDate({ real, clocks }: DateState): DateConstructor {
  const now = (): number => {
    const clock = clocks.at(-1)?.clock;
    return clock === undefined ? real.now() : Math.floor(clock.now());
  };
  function AzureDate(...parameters: [] | [string | number | Date]): Date | string {
    if (new.target === undefined) return new real(now()).toString();
    if (new.target !== AzureDate)
      return Reflect.construct(real, parameters.length === 0 ? [now()] : parameters, new.target);
    return parameters.length === 0 ? new real(now()) : new real(...parameters);
  }
  Object.defineProperties(AzureDate, Object.getOwnPropertyDescriptors(real));
  return Object.assign(AzureDate, { now }) as unknown as DateConstructor;
}
