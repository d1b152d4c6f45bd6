/**
 * The sample application once more for each node, pinned to it and under a host of its own, so that a request says whether
 * the gateway reaches the pods of that node. Behind one host the gateway would send requests to those that it reaches.
 */
import * as z from "zod";
import type { Operator } from "./operator.ts";

const INGRESS_CLASS = "azure-application-gateway";
const NAMESPACE = "default";

const deploymentList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ template: z.object({ spec: z.looseObject({}) }) }),
    }),
  ),
});

export interface NodePlace {
  readonly clusterId: string;
  readonly application: string;
  /** The name that leads to the gateway's address. */
  readonly gatewayHost: string;
}

/** The host under which the application on that node answers. */
export function nodeHost(node: string, { gatewayHost }: NodePlace): string {
  return `${shortName(node)}.${gatewayHost}`;
}

/** Applies the manifests of these nodes in one command. */
export async function deployOnNodes(operator: Operator, place: NodePlace, nodes: readonly string[]): Promise<void> {
  const { clusterId, application } = place;
  const line = `kubectl get deployments --namespace ${NAMESPACE} --selector app=${application} --output json`;
  const found = deploymentList.parse(JSON.parse(await operator.kubectl(clusterId, line)));
  const sample = found.items.find(({ metadata }) => metadata.name === application);
  if (sample === undefined) throw new Error(`There is no deployment ${application} in ${NAMESPACE} to take after.`);
  const podSpec = sample.spec.template.spec;
  const items = nodes.flatMap((node) => manifestsOf(node, podSpec, nodeHost(node, place)));
  const list = { apiVersion: "v1", kind: "List", items };
  await operator.kubectl(clusterId, "kubectl apply --filename nodes.json", { "nodes.json": list });
}

/** "aks-nodepool1-14234-vmss000002" → "node-000002" */
function shortName(node: string): string {
  return `node-${node.replace(/^.*vmss/, "")}`;
}

function manifestsOf(node: string, podSpec: object, host: string): readonly object[] {
  const name = shortName(node);
  const metadata = { name, namespace: NAMESPACE };
  const labels = { app: name };
  const backend = { service: { name, port: { number: 80 } } };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { ...podSpec, nodeSelector: { "kubernetes.io/hostname": node } } },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: 80 }] },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata,
      spec: {
        ingressClassName: INGRESS_CLASS,
        rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      },
    },
  ];
}
