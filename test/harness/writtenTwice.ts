import type { World } from "./world.ts";

/** Paths that Azure accepted more than one write of. */
export function writtenTwice(world: World): readonly string[] {
  const accepted = world.writes().filter((write) => write.status >= 200 && write.status < 400);
  const paths = accepted.map((write) => write.path.toLowerCase());
  return paths.filter((path, index) => paths.indexOf(path) !== index);
}
