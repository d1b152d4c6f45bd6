/** Whether a name is the given one, or fits it where it has * for any text. */
export function namePattern(wanted: string): (name: string) => boolean {
  if (!wanted.includes("*")) return (name) => name === wanted;
  const parts = wanted.split("*").map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join(".*")}$`, "s");
  return (name) => pattern.test(name);
}
