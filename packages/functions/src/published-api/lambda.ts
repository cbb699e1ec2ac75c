import { publishedApiDeps } from "../deps/published-api.ts";
import { createPublishedApi } from "./app.ts";
import { createPublishedApiHandler } from "./handler.ts";

const deps = publishedApiDeps();

export const handler = createPublishedApiHandler(createPublishedApi(deps), deps.log);
