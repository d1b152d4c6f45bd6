import { defineConfig } from "vitest/config";

/** The tests that only read the sources: no app is built for them. */
export default defineConfig({
  root: `${import.meta.dirname}/../..`,
  test: { include: ["test/structure/*.test.ts"], isolate: false },
});
