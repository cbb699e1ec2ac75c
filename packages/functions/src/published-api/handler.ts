import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Hono } from "hono";
import { streamHandle } from "hono/aws-lambda";
import { asRequested, withoutBasePath } from "./base-path.ts";
import type { PublishedEnv } from "./identity.ts";

/**
 * The published API as API Gateway calls it: REST proxy events in, a streamed response out. Needs
 * the `awslambda` global of Lambda's Node runtime when it is made. What is being streamed ends when
 * nobody takes it any more, where that can be seen.
 */
export function createPublishedApiHandler(app: Hono<PublishedEnv>) {
  const answer = streamHandle(app) as unknown as StreamingHandler;
  return awslambda.streamifyResponse(
    async (event: APIGatewayProxyEvent, stream, context): Promise<void> => {
      const gone = new AbortController();
      for (const sign of ["abandoned", "error", "close"]) stream.once(sign, () => gone.abort());
      const request = asRequested(withoutBasePath(event));
      await answer(request, stream, { ...(context as object), gone: gone.signal });
    },
  );
}

/** What hono makes: marked for streaming, it is still this function of three parameters. */
type StreamingHandler = (
  event: APIGatewayProxyEvent,
  stream: awslambda.HttpResponseStream,
  context: unknown,
) => Promise<void>;
