/** The published API for a gateway that cannot stream: the same app, its answers in one piece. */
import { publishedApiDeps } from "@outlet/functions/deps/published-api";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { recordEvent } from "./recorder.ts";

const deps = publishedApiDeps();
const answer = handle(createPublishedApi(deps));

export const handler = async (
  event: Extract<LambdaEvent, { resource: string }>,
  context: LambdaContext,
) => {
  await recordEvent(deps.table, "published-api", event);
  return answer(event, context);
};
