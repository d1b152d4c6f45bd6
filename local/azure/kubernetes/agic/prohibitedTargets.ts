/**
 * What a controller in shared mode may not touch: a deny list of hosts and paths. There is no allow list; what no target
 * names is the controller's own to change and to remove.
 * Source: pkg/brownfield/targets.go of the controller at 1.9.8.
 */
import { type ClusterObjects, namespaceOf } from "../clusterObjects.ts";
import { textField, textsField } from "../jsonFields.ts";
import type { AgicSettings } from "./agicSettings.ts";

/** A host ("" for all of them) with a path pattern ("" for all of them). */
export interface GatewayTarget {
  readonly host: string;
  readonly path: string;
}

/** The targets that hold for a controller: those in the namespaces it watches. Empty when it is not in shared mode. */
export function prohibitedTargets(cluster: ClusterObjects, settings: AgicSettings): GatewayTarget[] {
  if (!settings.isShared) return [];
  const { watchedNamespaces } = settings;
  return cluster
    .list("AzureIngressProhibitedTarget")
    .filter((target) => watchedNamespaces.length === 0 || watchedNamespaces.includes(namespaceOf(target)))
    .flatMap((target) => {
      const host = textField(target, "spec", "hostname") ?? "";
      const paths = textsField(target, "spec", "paths");
      return (paths.length === 0 ? [""] : paths).map((path) => ({ host, path: path.toLowerCase() }));
    });
}

/** Whether one of the prohibited targets takes this one in: its host by equality or all hosts, its path by pattern. */
export function isProhibited(target: GatewayTarget, prohibited: readonly GatewayTarget[]): boolean {
  return prohibited.some(
    ({ host, path }) =>
      (host === "" || host.toLowerCase() === target.host.toLowerCase()) && coversPath(path, target.path.toLowerCase()),
  );
}

/** "/x/*" takes in "/x", "/x/*" and everything below; a pattern without "*" only itself. */
function coversPath(pattern: string, path: string): boolean {
  if (pattern === "" || pattern === "*" || pattern === "/*" || pattern === path) return true;
  if (!pattern.endsWith("*")) return false;
  if (withoutEnd(pattern) === withoutEnd(path)) return true;
  if (pattern.length > path.length) return false;
  const steps = path.split("/");
  for (const [index, step] of pattern.split("/").entries()) {
    if (step === "*") return true;
    if (step !== steps[index]) return false;
  }
  return false;
}

function withoutEnd(path: string): string {
  return path.replace(/[/*]+$/, "");
}
