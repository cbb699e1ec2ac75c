import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";

/**
 * Server-sent events of which nothing but what `write` and `onFailure` say reaches the client.
 * hono's own writes the message of whatever was thrown as a last event: ours never throws into it.
 *
 * @param onFailure what is said, and logged, where `write` fails: the status has been sent already.
 */
export function eventStream(
  c: Context,
  write: (stream: SSEStreamingApi) => Promise<void>,
  onFailure: (cause: unknown, stream: SSEStreamingApi) => Promise<void>,
): Response {
  // oxlint-disable-next-line outlet/streams
  const response = streamSSE(c, async (stream) => {
    try {
      await write(stream);
    } catch (cause) {
      // A client that is gone takes no event either.
      await onFailure(cause, stream).catch(() => {});
    }
  });
  // Proxies buffer what they may transform. After hono, which says "no-cache".
  response.headers.set("Cache-Control", "no-store, no-transform");
  return response;
}
