import {
  type EnvironmentIndex,
  emptyEnvironmentIndex,
  type IndexedEnvironment,
  reindexed,
} from "../domain/environmentIndex.ts";
import { entityFunction } from "./entityFunction.ts";

/** The operations of the entity `environmentIndex`, by name, with what they take and give back. Its key is the subscription's id. */
export interface EnvironmentIndexOperations {
  /** What stands of an environment now; nothing, when it is gone. */
  reindex: { input: { readonly name: string; readonly indexed?: IndexedEnvironment }; output: null };
}

/** The environments of a subscription. Operations keep it, triggers read it. */
export const environmentIndex = entityFunction<EnvironmentIndex, EnvironmentIndexOperations>(
  "environmentIndex",
  emptyEnvironmentIndex,
  { reindex: (index, { name, indexed }) => [reindexed(index, name, indexed), null] },
);
