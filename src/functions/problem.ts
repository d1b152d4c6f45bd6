import type { HttpResponseInit } from "@azure/functions";

/** An answer of RFC 9457: says what is wrong to the person who sent the request. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** All mistakes at once, each with its JSON pointer. */
  readonly mistakes?: readonly { readonly pointer: string; readonly message: string }[];
}

export function problem(problem: Problem): HttpResponseInit {
  return {
    status: problem.status,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify({ type: "about:blank", ...problem }),
  };
}
