import { DEFAULT_SPEED } from "./localStack.ts";

/** Above this, a real second of computing costs more Azure time than the operation itself. */
const FASTEST = 1000;

/** Reads `--speed`: Azure-seconds in a real second. */
export function parseSpeed(text: string | undefined): number {
  if (text === undefined) return DEFAULT_SPEED;
  const speed = Number(text);
  if (!(speed > 0 && speed <= FASTEST)) {
    throw new Error(`--speed must be a number above 0 and up to ${FASTEST}, and not "${text}".`);
  }
  return speed;
}
