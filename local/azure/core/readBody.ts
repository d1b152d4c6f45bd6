import type { IncomingMessage } from "node:http";

/** Bytes of a request body that are read. ARM's own limit is 4 MB. Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The whole body of a request; throws when it is larger than ARM takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > MOST_BYTES) throw new BodyTooLarge(`The request body is larger than ${MOST_BYTES} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export class BodyTooLarge extends Error {}
