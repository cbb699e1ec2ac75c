/** The published API for a gateway that cannot stream: the same app, its answers in one piece. */
import { publishedApiDeps } from "@outlet/functions/deps";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { handle } from "hono/aws-lambda";

export const handler = handle(createPublishedApi(publishedApiDeps()));
