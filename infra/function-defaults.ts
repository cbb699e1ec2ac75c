/**
 * What all functions have in common. The AWS SDK is bundled, at the version that was tested; of it
 * only the sources of credentials are left out that Lambda never needs (scripts/bundle.ts).
 */
import { unreachable } from "../scripts/bundle-settings";

/** Where `sst` is, apart from the workspaces. */
const nodePaths: string[] = ["infra/node_modules"];

export const functionDefaults = {
  runtime: "nodejs24.x",
  architecture: "arm64",
  logging: { retention: "1 month", format: "json" },
  nodejs: { minify: true, splitting: true, esbuild: { external: unreachable, nodePaths } },
} as const;

/**
 * For a function that sends messages to the very queue it reads, on purpose: Lambda would take some
 * 16 of them for an endless loop, and stop it
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html).
 */
export const allowLoop = (name: string, fn: $util.Output<sst.aws.Function>) =>
  new aws.lambda.FunctionRecursionConfig(`${name}MayLoop`, {
    functionName: fn.apply((one) => one.name),
    recursiveLoop: "Allow",
  });

/** Log levels and names for the structured log. */
export const logEnvironment = (service: string) => ({
  SERVICE_NAME: service,
  LOG_LEVEL: "INFO",
});
