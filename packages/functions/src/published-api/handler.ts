import { once } from "node:events";
import type { Log } from "@outlet/core/ports";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Hono } from "hono";
import { wholeText } from "../http/whole.ts";
import { asRequested, withoutBasePath } from "./base-path.ts";
import type { PublishedEnv } from "./identity.ts";
import { toRequest } from "./request.ts";

/**
 * The published API as API Gateway calls it: REST proxy events in, a streamed response out. Needs
 * the `awslambda` global of Lambda's Node runtime when it is made. What is being streamed ends when
 * nobody takes it any more, where that can be seen.
 */
export function createPublishedApiHandler(app: Hono<PublishedEnv>, log: Log) {
  return awslambda.streamifyResponse(
    async (event: APIGatewayProxyEvent, stream, context): Promise<void> => {
      const gone = goneSignal(stream);
      try {
        const bindings = { event, context: { ...(context as object), gone } };
        const request = toRequest(asRequested(withoutBasePath(event)));
        await answer(await app.fetch(request, bindings), stream);
      } catch (cause) {
        // Without status and headers, which the gateway takes for a failure; with them, an answer
        // that nobody can take for whole.
        log.error("a request could not be answered", { cause });
        stream.write("Internal Server Error");
        stream.end();
      }
    },
  );
}

/** Aborted when the caller goes before the answer has ended. */
function goneSignal(stream: awslambda.HttpResponseStream): AbortSignal {
  const gone = new AbortController();
  const leave = () => {
    if (!stream.writableEnded) gone.abort(callerGone);
  };
  for (const sign of ["abandoned", "error", "close"]) stream.once(sign, leave);
  return gone.signal;
}

/** One for all: a reason of its own for each, with its stack, costs more than most answers. */
const callerGone = new DOMException("The caller has gone.", "AbortError");

/** Says status and headers, then the body as it comes. */
async function answer(response: Response, raw: awslambda.HttpResponseStream): Promise<void> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    if (name !== "set-cookie") headers[name] = value;
  });
  const stream = awslambda.HttpResponseStream.from(raw, {
    statusCode: response.status,
    headers,
    cookies: response.headers.getSetCookie(),
  });
  const whole = wholeText(response);
  if (whole !== undefined) return end(stream, whole);
  if (response.body) return send(response.body.getReader(), stream);
  end(stream, "");
}

/** What is there at once goes out together with its end. */
async function send(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  stream: awslambda.HttpResponseStream,
): Promise<void> {
  const first = await reader.read();
  if (first.done) return end(stream, "");
  let next = reader.read();
  const isWhole = await Promise.race([next.then(({ done }) => done), notSoon()]);
  if (isWhole) return end(stream, first.value);
  for (let { value } = first; ; ) {
    if (!stream.write(value)) await drained(stream);
    if (stream.destroyed) return reader.cancel();
    const read = await next;
    if (read.done) break;
    ({ value } = read);
    next = reader.read();
  }
  stream.end();
}

/** Status and headers leave with a write, even an empty one, and not with an end. */
function end(stream: awslambda.HttpResponseStream, last: string | Uint8Array): void {
  stream.write(last);
  stream.end();
}

const notSoon = (): Promise<false> => new Promise((resolve) => setImmediate(resolve, false));

async function drained(stream: awslambda.HttpResponseStream): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    await Promise.race([once(stream, "drain", { signal }), once(stream, "close", { signal })]);
  } finally {
    settled.abort();
  }
}
