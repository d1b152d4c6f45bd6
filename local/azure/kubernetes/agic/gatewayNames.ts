import { createHash } from "node:crypto";
import { sortedJson } from "../jsonFields.ts";

/** Longest name of a part of a gateway, in characters; longer ones end with a hash. Source: the controller's pkg/appgw/internaltypes.go, read 2026-03. */
const LONGEST_NAME_CHARACTERS = 80;

/** What tells two listeners of the controller apart. */
export interface ListenerKey {
  readonly port: number;
  readonly host: string;
  readonly usePrivateIp: boolean;
}

/** Names of the gateway's parts as the ingress controller makes them, all with the release's prefix. */
export class GatewayNames {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get defaultPool(): string {
    return `${this.#prefix}defaultaddresspool`;
  }

  get defaultSettings(): string {
    return `${this.#prefix}defaulthttpsetting`;
  }

  defaultProbe(protocol: "Http" | "Https"): string {
    return `${this.#prefix}defaultprobe-${protocol}`;
  }

  pool(namespace: string, service: string, servicePort: string, targetPort: number): string {
    return this.#name(`pool-${namespace}-${service}-${servicePort}-bp-${targetPort}`);
  }

  settings(namespace: string, service: string, servicePort: string, targetPort: number, ingress: string): string {
    return this.#name(`bp-${namespace}-${service}-${servicePort}-${targetPort}-${ingress}`);
  }

  probe(namespace: string, service: string, servicePort: string, ingress: string): string {
    return this.#name(`pb-${namespace}-${service}-${servicePort}-${ingress}`);
  }

  frontendPort(port: number): string {
    return this.#name(`fp-${port}`);
  }

  listener(key: ListenerKey): string {
    return this.#name(`fl-${hashOf(key)}`);
  }

  pathMap(key: ListenerKey): string {
    return this.#name(`url-${hashOf(key)}`);
  }

  rule(key: ListenerKey): string {
    return this.#name(`rr-${hashOf(key)}`);
  }

  pathRule(namespace: string, ingress: string, ruleIndex: number, pathIndex: number): string {
    return this.#name(`pr-${namespace}-${ingress}-rule-${ruleIndex}-path-${pathIndex}`);
  }

  #name(text: string): string {
    const whole = `${this.#prefix}${text}`;
    if (whole.length <= LONGEST_NAME_CHARACTERS) return whole;
    const hash = createHash("md5").update(whole).digest("hex");
    return `${whole.slice(0, LONGEST_NAME_CHARACTERS - hash.length - 1)}-${hash}`;
  }
}

function hashOf(key: ListenerKey): string {
  return createHash("md5")
    .update(JSON.stringify(sortedJson({ ...key })))
    .digest("hex");
}
