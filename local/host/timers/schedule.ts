import { Cron } from "croner";

/** When a timer function runs. */
export interface Schedule {
  /** The first time after the given one. */
  next(afterEpochMs: number): number;
}

/** What NCRONTAB knows; croner knows more (L, W, #, ?), which Azure would refuse. */
const NCRONTAB_FIELD = /^(?:[\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)+$/i;
const TIME_SPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/;

/**
 * Reads an NCRONTAB expression of six fields (seconds first) or five, or a time span ("01:30:00"); times are UTC.
 * Source: learn.microsoft.com/azure/azure-functions/functions-bindings-timer, NCRONTAB expressions.
 */
export function parseSchedule(expression: string): Schedule {
  const span = TIME_SPAN.exec(expression.trim());
  if (span !== null) return constantSchedule(span, expression);
  const fields = expression.trim().split(/\s+/);
  const isKnown = (fields.length === 5 || fields.length === 6) && fields.every((field) => NCRONTAB_FIELD.test(field));
  if (!isKnown) throw unreadable(expression);
  const cron = parseCron(fields.length === 5 ? `0 ${fields.join(" ")}` : fields.join(" "), expression);
  return {
    next(afterEpochMs) {
      const next = cron.nextRun(new Date(afterEpochMs));
      if (next === null) throw new Error(`The schedule '${expression}' never comes; correct it.`);
      return next.getTime();
    },
  };
}

function parseCron(sixFields: string, expression: string): Cron {
  try {
    // NCRONTAB wants both day-of-month and day-of-week to fit; croner's default is either.
    return new Cron(sixFields, { timezone: "UTC", paused: true, domAndDow: true, mode: "6-part" });
  } catch (error) {
    throw unreadable(expression, error);
  }
}

function constantSchedule(span: RegExpExecArray, expression: string): Schedule {
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = span.slice(1).map((part) => Number(part ?? 0));
  const intervalMs = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  if (intervalMs === 0) throw unreadable(expression);
  return { next: (afterEpochMs) => afterEpochMs + intervalMs };
}

function unreadable(expression: string, cause?: unknown): Error {
  const message = `The schedule expression '${expression}' was not recognized as a valid cron expression or timespan string.`;
  return new Error(message, { cause });
}
