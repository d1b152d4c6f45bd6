import type { JsonObject } from "../core/resourceType.ts";
import { type CurlCommand, parseCurl } from "./curlCommand.ts";
import { parseImage } from "./imagePull.ts";
import { numberField, textField, textsField } from "./jsonFields.ts";

/** What a container does once it runs. */
export type ContainerProgram =
  /** Runs on and on; whether something listens, httpImages knows. */
  | { readonly kind: "service" }
  | { readonly kind: "nginx" }
  | { readonly kind: "ingressController" }
  | { readonly kind: "curl"; readonly command: CurlCommand }
  | { readonly kind: "sleep"; readonly seconds: number }
  /** Ends by itself at once. */
  | { readonly kind: "end"; readonly exitCode: number; readonly output: string }
  /** Could not even be started. */
  | { readonly kind: "startError"; readonly message: string };

/** Exit code of a container whose program is not there. Source: runc and containerd, "StartError" with 128. */
export const START_ERROR_EXIT_CODE = 128;

/** Reads what a container's image, command and args make it do. */
export function programOf(container: JsonObject): ContainerProgram {
  const { registry, repository } = parseImage(textField(container, "image") ?? "");
  const argv = [...textsField(container, "command"), ...textsField(container, "args")];
  if (registry === "mcr.microsoft.com" && repository === "azure-application-gateway/kubernetes-ingress")
    return { kind: "ingressController" };
  const [path, ...rest] = argv;
  if (path === undefined) return { kind: "service" };
  switch (path.split("/").at(-1)) {
    case "curl": {
      const parsed = parseCurl(rest);
      if ("command" in parsed) return { kind: "curl", command: parsed.command };
      return { kind: "end", exitCode: parsed.exitCode, output: `${parsed.message}\n` };
    }
    case "nginx":
      return /(^|\/)nginx$/.test(repository) ? { kind: "nginx" } : notInImage(path);
    case "sleep":
      return sleep(rest);
    case "true":
      return { kind: "end", exitCode: 0, output: "" };
    default:
      return notInImage(path);
  }
}

function notInImage(path: string): ContainerProgram {
  return {
    kind: "startError",
    message:
      `exec: "${path}": executable file not found in $PATH: the containers of the local Azure run curl, sleep, true, ` +
      "nginx in an image of that name, and images without a command",
  };
}

function sleep(argv: readonly string[]): ContainerProgram {
  const seconds = numberField([Number(argv[0])], 0);
  if (argv.length !== 1 || seconds === undefined || Number.isNaN(seconds)) {
    return { kind: "end", exitCode: 1, output: `sleep: invalid time interval '${argv.join(" ")}'\n` };
  }
  return { kind: "sleep", seconds };
}
