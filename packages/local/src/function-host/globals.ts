import type { ResponseStream } from "./response-stream.ts";

/** How Lambda's Node runtime marks a handler that takes a response stream. */
const streamingMark = Symbol.for("aws.lambda.runtime.handler.streaming");

/**
 * Importing this module installs `globalThis.awslambda` as Lambda's Node runtime does, so that
 * `streamHandle` of `hono/aws-lambda` works unchanged. Import it before the handlers are made.
 */
const awslambda = {
  streamifyResponse<Handler extends object>(handler: Handler): Handler {
    return Object.assign(handler, { [streamingMark]: "response" });
  },
  HttpResponseStream: {
    from(stream: ResponseStream, metadata: unknown): ResponseStream {
      stream.setHttpMetadata(metadata);
      return stream;
    },
  },
};

Object.assign(globalThis, { awslambda });

export function isStreamingHandler(handler: object): boolean {
  return Object.hasOwn(handler, streamingMark);
}
