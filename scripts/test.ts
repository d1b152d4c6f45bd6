import { startVitest } from "vitest/node";
import { repositoryDirectory } from "./build.ts";

/**
 * Runs the tests that the arguments name (all without arguments) and ends with the line "N passed, N failed", counted
 * from the runner's own result. A file that cannot be loaded and an error outside of any test count as failed.
 */

const vitest = await startVitest("test", process.argv.slice(2), { root: repositoryDirectory, watch: false, run: true });
const modules = vitest.state.getTestModules();
const tests = modules.flatMap((module) => [...module.children.allTests()]);
const passedCount = tests.filter((test) => test.result().state === "passed").length;
const failedTestCount = tests.filter((test) => test.result().state === "failed").length;
const brokenSuiteCount = modules.reduce(
  (count, module) =>
    count +
    module.errors().length +
    [...module.children.allSuites()].reduce((sum, suite) => sum + suite.errors().length, 0),
  0,
);
const unhandledErrorCount = vitest.state.getUnhandledErrors().length;
await vitest.close();

const failedCount = failedTestCount + brokenSuiteCount + unhandledErrorCount;
if (passedCount + failedCount === 0) console.error("No test matches: name a file or a folder below test/.");
const succeeded = failedCount === 0 && passedCount > 0 && (process.exitCode ?? 0) === 0;
process.stdout.write(`${passedCount} passed, ${failedCount} failed\n`, () => process.exit(succeeded ? 0 : 1));
