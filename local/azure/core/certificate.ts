import { generate } from "selfsigned";

export interface ServerCertificate {
  /** Private key of the server, PEM. */
  readonly keyPem: string;
  /** The server's certificate and, after it, its authority's, PEM. */
  readonly chainPem: string;
  /** The authority's certificate alone: what a client is given as `ca`. */
  readonly caPem: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Validity in days to both sides of now: clients may live in Azure time, which runs ahead. */
const VALID_DAYS = 3_650;

/** A small authority and a certificate of it for ARM on loopback. */
export async function makeCertificate(): Promise<ServerCertificate> {
  const now = Date.now();
  const validity = {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(now - VALID_DAYS * DAY_MS),
    notAfterDate: new Date(now + VALID_DAYS * DAY_MS),
  } as const;
  const authority = await generate([{ name: "commonName", value: "Local Azure authority" }], {
    ...validity,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "localhost" }], {
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 2, value: "management.azure.com" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { keyPem: server.private, chainPem: `${server.cert.trim()}\n${authority.cert}`, caPem: authority.cert };
}
