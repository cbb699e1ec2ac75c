import path from "node:path";
import type { Graph } from "../sst/graph.ts";

/**
 * The `bootstrap` with which a function of Node runs as a custom runtime: on AWS's own runtime client rather than on the emulator's
 * imitation of it, which knows no `awslambda` and so no streaming.
 */
export function bootstrap(runtimeClient: string, graph: Graph, functionId: string): string {
  const { loggingConfig = {}, name } = graph.one(
    "aws:lambda/function:Function",
    `${functionId}Function`,
  ).inputs;
  const env: Record<string, string> = {
    AWS_LAMBDA_LOG_GROUP_NAME: loggingConfig.logGroup ?? `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_FORMAT: (loggingConfig.logFormat ?? "Text").toUpperCase(),
    ...(loggingConfig.applicationLogLevel && {
      AWS_LAMBDA_LOG_LEVEL: loggingConfig.applicationLogLevel,
    }),
  };
  const client = path.resolve(runtimeClient, "node_modules/aws-lambda-ric/index.mjs");
  return [
    "#!/bin/sh",
    ...Object.entries(env).map(([key, value]) => `export ${key}='${value}'`),
    `exec node '${client}' "$_HANDLER"`,
    "",
  ].join("\n");
}
