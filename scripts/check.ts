import { spawn } from "node:child_process";
import { repositoryDirectory } from "./build.ts";

/** Runs every check that needs no running app, side by side, and prints only what failed. */

const checks = [
  { name: "types", command: "tsc", args: ["--project", "."] },
  { name: "lint and format", command: "biome", args: ["check", "--error-on-warnings", "."] },
  { name: "unused code", command: "knip", args: [] },
  { name: "structure", command: "vitest", args: ["run", "--config", "test/structure/vitest.config.ts"] },
] as const;

interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

function runCheck(check: (typeof checks)[number]): Promise<CheckResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    // A shell only on Windows, where the tools are .cmd files; nothing but the constants above is ever passed.
    const child = spawn(check.command, check.args, {
      cwd: repositoryDirectory,
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    const finish = (passed: boolean): void =>
      resolve({ name: check.name, passed, seconds: (performance.now() - startedAt) / 1000, output });
    child.on("error", (error) => {
      output += `${check.command} could not be started (${error.message}): run \`npm ci\`, then \`npm run check\`.\n`;
      finish(false);
    });
    child.on("close", (code) => finish(code === 0));
  });
}

const results = await Promise.all(checks.map(runCheck));
for (const result of results.filter((one) => !one.passed)) {
  console.error(`── ${result.name} ${"─".repeat(100 - result.name.length)}\n${result.output.trimEnd()}\n`);
}
for (const result of results) {
  console.log(`${result.passed ? "passed" : "FAILED"}  ${result.name} (${result.seconds.toFixed(1)} s)`);
}
process.exitCode = results.every((result) => result.passed) ? 0 : 1;
