#!/usr/bin/env node
import { parseCommandLine } from "./commandLine.ts";
import { runCommand } from "./runCommand.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(
    `portcullis needs Node 22.15 or newer and this is ${process.version}: in a clone, \`npm run provision\` brings its own.\n`,
  );
  process.exitCode = 2;
} else {
  const command = parseCommandLine(process.argv.slice(2), process.env);
  process.exitCode = await runCommand(command, { stdout: process.stdout, stderr: process.stderr, env: process.env });
}
