/**
 * App settings are environment variables. A variable that the environment has already is left alone, as Core Tools do;
 * one that an earlier host of this process has set is not "the environment", and is replaced.
 */
const SET_KEY = Symbol.for("portcullis.local-host.settings");

export function applySettings(settings: Readonly<Record<string, string>>): void {
  const holder = globalThis as { [SET_KEY]?: Set<string> };
  holder[SET_KEY] ??= new Set();
  const ours = holder[SET_KEY];
  for (const name of ours) delete process.env[name];
  ours.clear();
  for (const [name, value] of Object.entries(settings)) {
    if (process.env[name] !== undefined) continue;
    process.env[name] = value;
    ours.add(name);
  }
}

/** What the platform sets: where the host is, and that calls to it need no proxy (the durable client honours proxies). */
export function applyPlatformSettings(hostUrl: string): void {
  process.env.WEBSITE_HOSTNAME = new URL(hostUrl).host;
  process.env.AZURE_FUNCTIONS_ENVIRONMENT ??= "Development";
  process.env.FUNCTIONS_WORKER_RUNTIME ??= "node";
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const hosts = (process.env[name] ?? "").split(",").filter((host) => host !== "");
    process.env[name] = [...new Set([...hosts, "127.0.0.1", "localhost"])].join(",");
  }
}
