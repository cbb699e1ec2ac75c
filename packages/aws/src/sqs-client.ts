import { SQSClient } from "@aws-sdk/client-sqs";
import { type ClientOptions, settings } from "./client-settings.ts";

/** In a module of its own, so that a bundle need not carry the other clients. */
export function createSqsClient(options: ClientOptions): SQSClient {
  return new SQSClient({
    ...settings(options, options.endpoints?.sqs, {
      requestTimeout: options.requestTimeoutMs ?? 1_000,
    }),
  });
}

/**
 * An SQS client for long polls, which outlast the other clients' patience. It does not retry: a
 * poller is a retry loop itself.
 */
export function createPollingClient(options: ClientOptions): SQSClient {
  return new SQSClient({
    ...settings(options, options.endpoints?.sqs, { requestTimeout: 25_000 }),
    maxAttempts: 1,
    cacheMiddleware: false,
  });
}
