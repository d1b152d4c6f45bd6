import type { Failure } from "./stepOutcome.ts";

/** More than this are counted and not listed, so that a status stays readable (and under its 16 KB). */
const LISTED_FAILURES = 8;

/** One failure that says all of several; undefined when there are none. */
export function joinedFailure(failures: readonly Failure[]): Failure | undefined {
  const [first, ...others] = failures;
  if (first === undefined || others.length === 0) return first;
  const listed = failures.slice(0, LISTED_FAILURES).map(({ code, message, resourceId, advice }, index) => {
    const place = resourceId?.split("/").at(-1);
    return `(${index + 1}) ${code}${place === undefined ? "" : ` at ${place}`}: ${message} ${advice}`;
  });
  const rest = failures.length - listed.length;
  const code = failures.every((failure) => failure.code === first.code) ? first.code : "SeveralObstacles";
  return {
    code,
    ...(code !== first.code || first.resourceId === undefined ? {} : { resourceId: first.resourceId }),
    message: `${failures.length} things are in the way, and nothing was written. ${listed.join(" ")}${rest > 0 ? ` And ${rest} more.` : ""}`,
    advice: "Do what is said with each of them, then retry, or send a new ticket.",
  };
}
