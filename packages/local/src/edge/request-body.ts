import type { IncomingMessage } from "node:http";

/** API Gateway's limit, which cannot be raised. */
export const bodyMaxBytes = 10_485_760;

/** The caller went away before its body was here. */
export class RequestAborted extends Error {
  override name = "RequestAborted";
}

/**
 * Reads what is still coming and drops it. Closing a connection on a caller that is still sending
 * would take the answer away from it.
 */
export async function discardBody(req: IncomingMessage): Promise<void> {
  if (req.readableEnded || req.destroyed) return;
  await new Promise((resolve) => {
    req.once("end", resolve);
    req.once("close", resolve);
    req.resume();
  });
}

/** @returns `undefined` where the body is larger than the gateway takes. */
export async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(req.headers["content-length"]) > bodyMaxBytes) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  // Not `for await`: leaving that early would destroy the socket before the answer is out.
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyMaxBytes) return chunks.push(chunk);
      req.off("data", onData);
      resolve(undefined);
    };
    req.on("data", onData);
    req.once("end", () => resolve(Buffer.concat(chunks)));
    const onAbort = () => reject(new RequestAborted("The request was cut off"));
    req.once("error", onAbort);
    req.once("close", onAbort);
  });
}
