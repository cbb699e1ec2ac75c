import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type {
  HttpMetadata,
  HttpStream,
  LambdaFunction,
  ResponseBody,
} from "../function-host/function.ts";
import { GatewayRefusal } from "./gateway-responses.ts";

/** Names a function's answer may not use; AWS hands them on under another one. */
const remapped = new Set([
  "connection",
  "content-length",
  "date",
  "host",
  "server",
  "upgrade",
  "user-agent",
  "www-authenticate",
]);

/** The gateway's own; the function's are lost. */
const reserved = new Set(["transfer-encoding", "x-amzn-requestid", "x-amz-apigw-id"]);

/**
 * Invokes the function behind a route and waits for status and headers.
 * @throws GatewayRefusal where it fails before that or takes too long.
 */
export async function invokeIntegration(
  target: LambdaFunction | undefined,
  event: unknown,
  timeoutMs: number,
): Promise<HttpStream> {
  if (target === undefined) throw new GatewayRefusal("INTEGRATION_FAILURE");
  const answer = target.invokeStreaming(event).catch((cause: unknown) => {
    throw new GatewayRefusal("INTEGRATION_FAILURE", { cause });
  });
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new GatewayRefusal("INTEGRATION_TIMEOUT")), timeoutMs);
  try {
    return await Promise.race([answer, timeout]);
  } catch (error) {
    // How it ends is of no consequence any more: the caller has been told.
    answer.then(({ body }) => drain(body)).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Sends status and headers of a function's answer, so that the caller has them before the body.
 * What the function has said to its end already waits, corked, for the end of the response: one write
 * to the caller instead of three.
 * @throws GatewayRefusal where they cannot be said in HTTP.
 */
export function sendMetadata(
  res: ServerResponse,
  { metadata, body }: Pick<HttpStream, "metadata" | "body">,
): Uint8Array[] | undefined {
  const whole = body.rest();
  try {
    writeMetadata(res, metadata);
    // Not `res.cork()`: its end overtakes what it holds (seen with Node 24.21).
    if (whole) res.socket?.cork();
    res.flushHeaders();
    return whole;
  } catch (cause) {
    drain(body).catch(() => {});
    throw new GatewayRefusal("INTEGRATION_FAILURE", { cause });
  }
}

/** With what the gateway changes in them. */
function writeMetadata(res: ServerResponse, metadata: HttpMetadata): void {
  res.statusCode = metadata.statusCode;
  const single = Object.entries(metadata.headers).map(([name, value]) => [name, [value]] as const);
  const several = Object.entries(metadata.multiValueHeaders ?? {});
  for (const [name, values] of [...single, ...several]) {
    const folded = name.toLowerCase();
    if (reserved.has(folded)) continue;
    res.setHeader(remapped.has(folded) ? `x-amzn-Remapped-${name}` : name, values.map(String));
  }
  if (metadata.cookies?.length) res.appendHeader("set-cookie", metadata.cookies);
  if (!res.hasHeader("content-type")) res.setHeader("Content-Type", "application/json");
}

/** Passes on what a function has said to its end. @returns the bytes of it. */
export function sendWhole(res: ServerResponse, chunks: readonly Uint8Array[]): number {
  for (const chunk of chunks) res.write(chunk);
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

/**
 * Passes the body on chunk by chunk, no faster than the caller reads. A caller that goes away does
 * not stop the function, which is only told: the rest is read and dropped.
 * @returns the bytes passed on.
 */
export async function pipeBody(
  res: ServerResponse,
  { body, abandon }: Pick<HttpStream, "body" | "abandon">,
): Promise<number> {
  let length = 0;
  res.once("close", abandon);
  for await (const chunk of body) {
    if (res.closed) continue;
    length += chunk.length;
    if (!res.write(chunk)) await drained(res);
  }
  return length;
}

async function drained(res: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(res, "drain", { signal }), once(res, "close", { signal })]);
  } finally {
    settled.abort();
  }
}

/** Lets a function finish what nobody will hear. */
async function drain(body: ResponseBody): Promise<void> {
  for await (const chunk of body) void chunk;
}
