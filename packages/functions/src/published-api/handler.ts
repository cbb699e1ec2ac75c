import type { Hono } from "hono";
import { streamHandle } from "hono/aws-lambda";
import type { PublishedEnv } from "./identity.ts";

/**
 * The published API as API Gateway calls it: REST proxy events in, a streamed response out. Needs
 * the `awslambda` global of Lambda's Node runtime when it is made.
 */
export const createPublishedApiHandler = (app: Hono<PublishedEnv>) => streamHandle(app);
