import { SSMClient } from "@aws-sdk/client-ssm";
import { type ClientOptions, settings } from "./client-settings.ts";

/** In a module of its own, so that only bundles that need it carry it. */
export const createSsmClient = (options: ClientOptions): SSMClient =>
  new SSMClient(
    settings(options, options.endpoints?.ssm, {
      requestTimeout: options.requestTimeoutMs ?? 3_000,
    }),
  );
