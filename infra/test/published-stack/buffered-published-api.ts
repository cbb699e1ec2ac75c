/** The published API for a gateway that cannot stream: the same app, its answers in one piece. */
import { publishedApiDeps } from "@outlet/functions/deps";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { handle } from "hono/aws-lambda";
import { recordEvent } from "./recorder.ts";

const deps = publishedApiDeps();
const answer = handle(createPublishedApi(deps));

export const handler = async (event: APIGatewayProxyEvent, context: Context) => {
  await recordEvent(deps.table, "published-api", event);
  // Hono's own type of the same event knows no query that is null.
  return answer(event as Parameters<typeof answer>[0], context);
};
