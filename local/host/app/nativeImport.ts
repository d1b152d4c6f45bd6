/**
 * Imports a module by Node itself. It is loaded with `require`, so that a test runner that rewrites `import()` in the
 * files it runs does not get to rewrite the app: the app must be loaded exactly as the worker loads it.
 *
 * @public
 */
export function importNatively(url: string): Promise<unknown> {
  return import(url);
}
