import { publishedApiDeps } from "../deps.ts";
import { createPublishedApi } from "./app.ts";
import { createPublishedApiHandler } from "./handler.ts";

export const handler = createPublishedApiHandler(createPublishedApi(publishedApiDeps()));
