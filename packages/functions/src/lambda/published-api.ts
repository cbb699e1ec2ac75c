import { publishedApiDeps } from "../deps.ts";
import { createPublishedApi } from "../published-api/app.ts";
import { createPublishedApiHandler } from "../published-api/handler.ts";

export const handler = createPublishedApiHandler(createPublishedApi(publishedApiDeps()));
