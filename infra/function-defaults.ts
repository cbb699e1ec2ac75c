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

/** Log levels and names for the structured log. */
export const logEnvironment = (service: string) => ({
  POWERTOOLS_SERVICE_NAME: service,
  POWERTOOLS_LOG_LEVEL: "INFO",
});
