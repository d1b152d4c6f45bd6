import type { AzureWorld } from "../core/resourceType.ts";

/** A request as it reaches a server in the virtual network. */
export interface WorkloadRequest {
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The address the server sees: for requests through the gateway, one of the gateway's instances. */
  readonly sourceAddress: string;
  /** The node that a route handed the packet to, where the address is no address of the virtual network (kubenet). */
  readonly handedTo?: string;
}

export interface WorkloadResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Who knows which workload listens at an address. Undefined: nobody listens there, the connection is refused. */
export interface WorkloadDirectory {
  answer(world: AzureWorld, address: string, port: number, request: WorkloadRequest): WorkloadResponse | undefined;
}

const directories = new Set<WorkloadDirectory>();

/** Adds a directory; it is asked for every local Azure of this process. Returns the function that takes it away again. */
export function registerWorkloadDirectory(directory: WorkloadDirectory): () => void {
  directories.add(directory);
  return () => void directories.delete(directory);
}

/** The answer of the first directory that knows a workload at the address; without any, nothing listens. */
export function askWorkload(
  world: AzureWorld,
  address: string,
  port: number,
  request: WorkloadRequest,
): WorkloadResponse | undefined {
  for (const directory of directories) {
    const response = directory.answer(world, address, port, request);
    if (response !== undefined) return response;
  }
  return undefined;
}
