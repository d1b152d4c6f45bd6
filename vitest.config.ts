import { defineConfig } from "vitest/config";

const ownProcess = ["test/app/alerts.test.ts", "test/app/egress*.test.ts", "test/demo/demo*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        // The Azure SDK takes seconds to import; sharing it between the files of a worker is what keeps the suite short.
        test: { name: "shared", include: ["test/**/*.test.ts"], exclude: ownProcess, isolate: false },
      },
      // The app is loaded once a process, with its settings: whoever needs others needs a process.
      { extends: true, test: { name: "own process", include: ownProcess, isolate: true } },
    ],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ["test/harness/buildApp.ts"],
  },
});
