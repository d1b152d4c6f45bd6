/**
 * The simulated web application firewall: a handful of patterns that every managed rule set blocks, looked for in the
 * decoded path and query. It stands for "an obvious attack gets 403 in Prevention mode", not for a rule set.
 */
const patterns: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["SQL injection", /('|")\s*(or|and)\s+[\w'"]+\s*=\s*[\w'"]+|union\s+(all\s+)?select\b|;\s*drop\s+table\b/i],
  ["cross-site scripting", /<\s*script\b|javascript:|\bon(error|load)\s*=/i],
  ["path traversal", /(^|[/\\])\.\.([/\\]|$)|\/etc\/passwd\b/i],
  ["remote command execution", /(;|\||&&)\s*(cat|wget|curl|bash|sh)\s/i],
];

/** The name of the attack that a request line looks like, or undefined. */
export function attackIn(path: string): string | undefined {
  const decoded = decode(path);
  return patterns.find(([, pattern]) => pattern.test(decoded))?.[0];
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path.replaceAll("+", " "));
  } catch {
    return path;
  }
}
