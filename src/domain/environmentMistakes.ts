import { addressMistakes } from "./addressMistakes.ts";
import { placesToBeFound } from "./adoptionMistakes.ts";
import { capacityMistakes } from "./capacityMistakes.ts";
import { clusterMistakes } from "./clusterMistakes.ts";
import { egressMistakes } from "./egressMistakes.ts";
import type { Environment } from "./environmentSpec.ts";
import { type Mistake, touches } from "./mistake.ts";
import { nameMistakes } from "./nameMistakes.ts";
import { placeMistakes } from "./placeMistakes.ts";
import { podNetworkMistakes } from "./podNetworkMistakes.ts";
import { subnetMistakes } from "./subnetMistakes.ts";

/**
 * Everything about an environment that Azure would refuse or that could not work, all at once; empty when it can be built.
 * Nothing is said of what is not known before Azure was asked for what is adopted.
 */
export function environmentMistakes(environment: Environment): readonly Mistake[] {
  const unsaid = placesToBeFound(environment.adopt);
  return everyMistake(environment).filter(
    ({ pointer, concerns = [] }) =>
      ![pointer, ...concerns].some((place) => unsaid.some((each) => touches(place, each))),
  );
}

function everyMistake(environment: Environment): readonly Mistake[] {
  return [
    ...placeMistakes(environment),
    ...nameMistakes(environment),
    ...addressMistakes(environment),
    ...subnetMistakes(environment),
    ...capacityMistakes(environment),
    ...clusterMistakes(environment),
    ...podNetworkMistakes(environment),
    ...egressMistakes(environment),
  ];
}
