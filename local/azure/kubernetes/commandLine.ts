/**
 * The lines that the run command of the local Azure understands, read by words. There is no shell here: a line that
 * needs one, or that has one option more, is answered as a shell answers a program that is not there.
 */

/** The chart that `helm upgrade` can install. */
export const INGRESS_AZURE_CHART = "oci://mcr.microsoft.com/azure-application-gateway/charts/ingress-azure";

export type CommandLine =
  | {
      readonly kind: "helmUpgrade";
      readonly release: string;
      readonly version: string;
      readonly namespace: string;
      readonly valuesFile: string;
    }
  | { readonly kind: "helmList"; readonly namespace: string; readonly filter: string }
  | { readonly kind: "helmGetValues"; readonly release: string; readonly namespace: string }
  | {
      readonly kind: "helmUninstall";
      readonly release: string;
      readonly namespace: string;
      readonly ignoreNotFound: boolean;
    }
  | { readonly kind: "apply"; readonly file: string }
  | { readonly kind: "deleteFile"; readonly file: string }
  | {
      readonly kind: "delete";
      readonly word: string;
      readonly name: string;
      readonly namespace: string;
      readonly ignoreNotFound: boolean;
    }
  | { readonly kind: "getFile"; readonly file: string }
  | {
      readonly kind: "get";
      readonly word: string;
      readonly name?: string;
      readonly namespace: string;
      readonly selector?: string;
      readonly ignoreNotFound: boolean;
    }
  | { readonly kind: "jobLogs"; readonly job: string; readonly namespace: string }
  | { readonly kind: "rolloutStatus"; readonly deployment: string; readonly namespace: string }
  | { readonly kind: "unknown"; readonly message: string };

/** Characters that mean something to a shell; a `$` or `^` inside a regular expression does not, unless it starts an expansion. */
const SHELL_SYNTAX = /[;|&<>`"'\\(){}*?!#~\n]|\$[A-Za-z0-9_{(]/;

/** Reads a line of the run command. Never throws: what it does not know is a member of the union. */
export function parseCommandLine(line: string): CommandLine {
  const words = line.trim().split(/[ \t]+/);
  const program = words[0] ?? "";
  if (program !== "helm" && program !== "kubectl") return { kind: "unknown", message: `sh: 1: ${program}: not found` };
  const parsed = SHELL_SYNTAX.test(line)
    ? undefined
    : program === "helm"
      ? parseHelm(words.slice(1))
      : parseKubectl(words.slice(1));
  return parsed ?? { kind: "unknown", message: unknownCommand(line) };
}

function unknownCommand(line: string): string {
  return (
    `unknown command "${line}": the run command of the local Azure has no shell and knows only the helm and kubectl ` +
    "lines listed in local/azure/kubernetes/commandLine.ts; send one of them, with files in the context."
  );
}

function parseHelm(words: readonly string[]): CommandLine | undefined {
  const upgrade = match(
    words,
    ["upgrade", "--install", "<release>", INGRESS_AZURE_CHART],
    ["version", "namespace", "values"],
  );
  if (upgrade) {
    const { release = "", version = "", namespace = "", values = "" } = upgrade;
    return { kind: "helmUpgrade", release, version, namespace, valuesFile: values };
  }
  const list = match(words, ["list"], ["namespace", "filter", "output=json"]);
  if (list) return { kind: "helmList", namespace: list.namespace ?? "", filter: list.filter ?? "" };
  const values = match(words, ["get", "values", "<release>"], ["namespace", "output=json"]);
  if (values) return { kind: "helmGetValues", release: values.release ?? "", namespace: values.namespace ?? "" };
  const uninstall = match(words, ["uninstall", "<release>"], ["namespace", "ignore-not-found?!"]);
  if (uninstall === undefined) return undefined;
  const { release = "", namespace = "" } = uninstall;
  return { kind: "helmUninstall", release, namespace, ignoreNotFound: isSet(uninstall["ignore-not-found"]) };
}

function parseKubectl(words: readonly string[]): CommandLine | undefined {
  const apply = match(words, ["apply"], ["filename"]);
  if (apply) return { kind: "apply", file: apply.filename ?? "" };
  const removal = match(words, ["delete"], ["filename", "ignore-not-found!"]);
  if (removal) return { kind: "deleteFile", file: removal.filename ?? "" };
  const one = match(words, ["delete", "<word>", "<name>"], ["namespace", "ignore-not-found?!"]);
  if (one) {
    const { word = "", name = "", namespace = "" } = one;
    return { kind: "delete", word, name, namespace, ignoreNotFound: isSet(one["ignore-not-found"]) };
  }
  const getFile = match(words, ["get"], ["filename", "ignore-not-found!", "output=json"]);
  if (getFile) return { kind: "getFile", file: getFile.filename ?? "" };
  const logs = match(words, ["logs", "job/<job>"], ["namespace"]);
  if (logs) return { kind: "jobLogs", job: logs.job ?? "", namespace: logs.namespace ?? "" };
  const rollout = match(words, ["rollout", "status", "deployment/<deployment>"], ["namespace", "timeout=20s"]);
  if (rollout)
    return { kind: "rolloutStatus", deployment: rollout.deployment ?? "", namespace: rollout.namespace ?? "" };
  return parseGet(words);
}

function parseGet(words: readonly string[]): CommandLine | undefined {
  const options = ["namespace?", "selector?", "ignore-not-found?!", "output=json"];
  const found = match(words, ["get", "<word>", "<name>"], options) ?? match(words, ["get", "<word>"], options);
  if (found === undefined) return undefined;
  return {
    kind: "get",
    word: found.word ?? "",
    ...(found.name === undefined ? {} : { name: found.name }),
    namespace: found.namespace ?? "default",
    ...(found.selector === undefined ? {} : { selector: found.selector }),
    ignoreNotFound: found["ignore-not-found"] !== undefined,
  };
}

/**
 * Matches words against positionals ("<name>" captures) and options in any order after them. An option is "name"
 * (takes a value), "name=value" (only that value), "name!" (a flag); "?" before the "!" or at the end: may be missing.
 */
function match(
  words: readonly string[],
  positionals: readonly string[],
  options: readonly string[],
): Record<string, string> | undefined {
  const captured: Record<string, string> = {};
  for (const [index, pattern] of positionals.entries()) {
    const word = words[index];
    if (word === undefined || !matchPositional(word, pattern, captured)) return undefined;
  }
  const given = readOptions(words.slice(positionals.length), options);
  if (given === undefined) return undefined;
  return { ...captured, ...given };
}

function matchPositional(word: string, pattern: string, captured: Record<string, string>): boolean {
  const capture = /^(?<before>[^<]*)<(?<name>\w+)>$/.exec(pattern)?.groups;
  if (capture === undefined) return word === pattern;
  const before = capture.before ?? "";
  if (word.startsWith("-") || !word.startsWith(before) || word.length === before.length) return false;
  captured[capture.name ?? ""] = word.slice(before.length);
  return true;
}

function readOptions(words: readonly string[], options: readonly string[]): Record<string, string> | undefined {
  const given: Record<string, string> = {};
  let index = 0;
  while (index < words.length) {
    const [name = "", inline] = (words[index] ?? "").split("=", 2) as [string, string?];
    const option = options.find((candidate) => `--${optionName(candidate)}` === name);
    if (option === undefined || given[optionName(option)] !== undefined) return undefined;
    const isFlag = option.endsWith("!");
    const value = isFlag ? (inline ?? "true") : (inline ?? words[index + 1]);
    const only = option.split("=")[1];
    if (value === undefined || value === "" || (only !== undefined && only !== value)) return undefined;
    given[optionName(option)] = value;
    index += isFlag || inline !== undefined ? 1 : 2;
  }
  const missing = options.some((option) => !option.includes("?") && given[optionName(option)] === undefined);
  return missing ? undefined : given;
}

/** A flag may be given with its value, as in `--ignore-not-found=false`. */
function isSet(flag: string | undefined): boolean {
  return flag !== undefined && flag !== "false";
}

function optionName(option: string): string {
  return option.replace(/[?!=].*$/, "");
}
