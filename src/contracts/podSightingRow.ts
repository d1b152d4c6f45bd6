/** What a cluster's workspace answers about pods by address. */
import * as z from "zod";
import { isAddress } from "../domain/addressPrefix.ts";
import type { PodSighting } from "../domain/deniedEgress/egressContext.ts";

const instant = z.iso.datetime().transform((text) => new Date(text).toISOString());

const podRow = z.object({
  PodIp: z.string().refine(isAddress, "must be an IPv4 address"),
  Namespace: z.string().min(1),
  Name: z.string().min(1),
  /** Empty for a pod that nothing but itself stands for. */
  ControllerName: z.string().nullable(),
  FirstAt: instant,
  LastAt: instant,
});

/** A row that is not as it must be names no pod: who was refused is then told by address alone. */
export function parsePodSightings(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): readonly PodSighting[] {
  return rows.flatMap((values) => {
    const { data } = podRow.safeParse(Object.fromEntries(columns.map((column, at) => [column, values[at]])));
    if (data === undefined) return [];
    return [
      {
        address: data.PodIp,
        namespace: data.Namespace,
        name: data.Name,
        ...(data.ControllerName ? { workload: data.ControllerName } : {}),
        firstAt: data.FirstAt,
        lastAt: data.LastAt,
      },
    ];
  });
}
