import { streamHandle } from "hono/aws-lambda";
import { createControlApi } from "./app.ts";
import { controlApiDeps } from "../deps/control-api.ts";

export const handler = streamHandle(createControlApi(controlApiDeps()));
