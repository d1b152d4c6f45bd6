import type { DurableInstance, DurableInstances } from "../durableInstances.ts";

export interface OnceStarted<Input> {
  readonly orchestrator: string;
  readonly instanceId: string;
  readonly input: Input;
  /** Whether an instance with that id is the one that is meant: ids come again. */
  isThis(known: DurableInstance): boolean;
}

/** Starts an instance unless it is there already. Of two starts at once one is refused, and both mean the same instance. */
export async function startOnce<Input>(
  instances: Pick<DurableInstances, "find" | "start">,
  { orchestrator, instanceId, input, isThis }: OnceStarted<Input>,
): Promise<void> {
  const isStarted = async (): Promise<boolean> => {
    const known = await instances.find(instanceId);
    return known !== undefined && isThis(known);
  };
  if (await isStarted()) return;
  try {
    await instances.start(orchestrator, instanceId, input);
  } catch (error) {
    if (!(await isStarted())) throw error;
  }
}
