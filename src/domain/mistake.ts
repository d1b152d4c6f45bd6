/** One thing in a ticket that cannot be carried out, said to the person who wrote it. */
export interface Mistake {
  /** Where in the ticket, as a JSON pointer (RFC 6901), e.g. "/environment/hub/subnets/0/addressPrefix". */
  readonly pointer: string;
  readonly message: string;
  /** A value that would do. */
  readonly example?: string;
  /** Other places that the statement rests on; it is not made while one of them is itself mistaken. */
  readonly concerns?: readonly string[];
}

/** The JSON pointer of a path below `/environment`. */
export function environmentPointer(...path: readonly (string | number)[]): string {
  return `/${["environment", ...path].map((segment) => String(segment).replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
}

/** Whether one pointer is the other, or lies below or above it. */
export function touches(left: string, right: string): boolean {
  return left === right || left.startsWith(`${right}/`) || right.startsWith(`${left}/`);
}
