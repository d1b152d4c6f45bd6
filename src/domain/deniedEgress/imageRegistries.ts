/**
 * Registries that container images are pulled from, and where their layers come from.
 * Sources, checked 2026-11: docs.docker.com/desktop/setup/allow-list; docs.redhat.com (Quay.io, firewall rules);
 * docs.github.com/packages; cloud.google.com/artifact-registry/docs/access-control; registry.k8s.io;
 * docs.aws.amazon.com/AmazonECR/latest/public; learn.microsoft.com/azure/container-registry/container-registry-firewall-access-rules;
 * learn.microsoft.com/azure/aks/limit-egress-traffic.
 */
import { isBelow } from "./requiredEgress.ts";

interface Registry {
  readonly title: string;
  readonly names: readonly string[];
}

const registries: readonly Registry[] = [
  {
    title: "Docker Hub",
    names: ["docker.io", "*.docker.io", "production.cloudflare.docker.com", "*.cloudflare.docker.com"],
  },
  { title: "Quay", names: ["quay.io", "*.quay.io"] },
  { title: "GitHub's registry", names: ["ghcr.io", "pkg-containers.githubusercontent.com"] },
  { title: "Google's registry", names: ["gcr.io", "*.gcr.io", "*.pkg.dev"] },
  { title: "Kubernetes' registry", names: ["registry.k8s.io", "*.registry.k8s.io"] },
  { title: "Amazon's registry", names: ["public.ecr.aws", "*.public.ecr.aws"] },
  { title: "an Azure Container Registry", names: ["*.azurecr.io"] },
  { title: "GitLab's registry", names: ["registry.gitlab.com"] },
  { title: "NVIDIA's registry", names: ["nvcr.io", "*.nvcr.io"] },
];

export const DOCKER_HUB = "Docker Hub";

/** The registry that a name is part of, in words; undefined for other names. */
export function imageRegistry(name: string): string | undefined {
  return registries.find(({ names }) => names.some((each) => each === name || isBelow(name, each)))?.title;
}
