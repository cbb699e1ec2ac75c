import { streamHandle } from "hono/aws-lambda";
import { createControlApi } from "../control-api/app.ts";
import { controlApiDeps } from "../deps.ts";

export const handler = streamHandle(createControlApi(controlApiDeps()));
