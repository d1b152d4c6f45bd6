/** format_timespan's patterns. Source: learn.microsoft.com/kusto/query/format-timespan-function, checked 2026-11. */
export function formatTimespan(milliseconds: number, format: string): string {
  const ticks = Math.round(Math.abs(milliseconds) * 10_000);
  const seconds = Math.floor(ticks / 1e7);
  const fraction = String(ticks % 1e7).padStart(7, "0");
  const values: Readonly<Record<string, number>> = {
    d: Math.floor(seconds / 86_400),
    h: Math.floor(seconds / 3600) % 24,
    H: Math.floor(seconds / 3600) % 24,
    m: Math.floor(seconds / 60) % 60,
    s: seconds % 60,
  };
  const text = format.replace(/d{1,8}|hh?|HH?|mm?|ss?|f{1,7}|F{1,7}/g, (pattern) => {
    const letter = pattern[0] ?? "";
    if (letter === "f") return fraction.slice(0, pattern.length);
    if (letter === "F") return fraction.slice(0, pattern.length).replace(/0+$/, "");
    return String(values[letter] ?? "").padStart(pattern.length, "0");
  });
  return milliseconds < 0 ? `-${text}` : text;
}
