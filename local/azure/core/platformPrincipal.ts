import type { Principal } from "./resourceType.ts";

/** Azure itself, for `world.armRequest` where no customer identity acts. Nothing is forbidden to it, and it is never throttled. */
export const platformPrincipal: Principal = {
  objectId: "00000000-0000-0000-0000-000000000000",
  appId: "00000000-0000-0000-0000-000000000000",
  kind: "ServicePrincipal",
  displayName: "Azure platform",
};
