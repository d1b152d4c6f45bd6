/** What a command came to: its exit code and everything it wrote, as the run command's log has it. */
export interface CommandResult {
  readonly exitCode: number;
  readonly logs: string;
}

export function succeeded(logs: string): CommandResult {
  return { exitCode: 0, logs };
}

export function failed(logs: string, exitCode = 1): CommandResult {
  return { exitCode, logs: logs.endsWith("\n") ? logs : `${logs}\n` };
}
