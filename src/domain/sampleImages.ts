/**
 * Images that run inside the cluster. The default one comes from Microsoft's registry, which the FQDN tag
 * AzureKubernetesService allows already, so the sample needs no rule of its own; it brings nginx and curl.
 * Source: learn.microsoft.com/azure/aks/imds-restriction (uses its curl), checked 2026-11.
 */
export const SAMPLE_IMAGE = "mcr.microsoft.com/azurelinux/base/nginx:1";

/** The registry host of an image reference, as container runtimes read it: without one it is Docker Hub. */
export function registryHost(image: string): string {
  const first = image.split("/")[0] ?? "";
  const hasHost = image.includes("/") && (first.includes(".") || first.includes(":") || first === "localhost");
  return hasHost ? first.toLowerCase() : "docker.io";
}

/** The repository of an image reference without registry host, tag and digest: "azurelinux/base/nginx". */
export function imageRepository(image: string): string {
  const withoutDigest = image.split("@")[0] ?? "";
  const path =
    registryHost(image) === "docker.io" && !image.startsWith("docker.io/")
      ? withoutDigest
      : withoutDigest.slice(withoutDigest.indexOf("/") + 1);
  return path.replace(/:[^/:]*$/, "");
}
