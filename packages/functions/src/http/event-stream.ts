import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";

/** One line, with no blank line after it: that would end an event which there is not. */
export const pingLine = ": ping\n";

/**
 * Server-sent events of which nothing but what `write` and `onFailure` say reaches the client.
 * hono's own writes the message of whatever was thrown as a last event: ours never throws into it.
 * A comment comes at once, and whenever nothing has been said for a while: a proxy that hears nothing
 * takes the answer for lost (CloudFront after 60 s, infra/control-api.ts).
 *
 * @param onFailure what is said, and logged, where `write` fails: the status has been sent already.
 * @param beatMs the longest silence, in milliseconds.
 */
export function eventStream(
  c: Context,
  write: (stream: SSEStreamingApi) => Promise<void>,
  onFailure: (cause: unknown, stream: SSEStreamingApi) => Promise<void>,
  beatMs = 10_000,
): Response {
  // oxlint-disable-next-line outlet/streams
  const response = streamSSE(c, async (stream) => {
    await stream.write(pingLine);
    // A client that is gone takes no comment: what it did not take, `write` finds out.
    const beats = setInterval(() => void stream.write(pingLine).catch(() => {}), beatMs);
    try {
      await write(stream);
    } catch (cause) {
      // A client that is gone takes no event either.
      await onFailure(cause, stream).catch(() => {});
    } finally {
      clearInterval(beats);
    }
  });
  // Proxies buffer what they may transform. After hono, which says "no-cache".
  response.headers.set("Cache-Control", "private, no-store, no-transform");
  return response;
}
