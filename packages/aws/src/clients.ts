import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

export interface ClientOptions {
  region: string;
  /** Base URLs in place of AWS's own. */
  endpoints?: { dynamodb?: string; sqs?: string; s3?: string };
  /** The default provider chain where absent. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** The endpoints are emulators on this machine that check no signatures: spare the signing. */
  local?: boolean;
}

export interface Clients {
  dynamodb: DynamoDBClient;
  sqs: SQSClient;
  s3: S3Client;
}

/**
 * The SDK clients of a process: make them once. A service that is gone surfaces after about 3 s
 * (6 s for S3, whose requests carry megabytes), at once where the connection is refused.
 *
 * Call them without per-call options: one call with options empties the client's middleware cache.
 */
export function createClients(options: ClientOptions): Clients {
  const { endpoints = {} } = options;
  return {
    dynamodb: new DynamoDBClient({
      ...settings(options, endpoints.dynamodb),
      requestHandler: { connectionTimeout: 900, requestTimeout: 1000, throwOnRequestTimeout: true },
      // Local endpoints have no account in their host name: do not look one up on every call.
      ...(endpoints.dynamodb && { accountIdEndpointMode: "disabled" as const }),
    }),
    sqs: new SQSClient({
      ...settings(options, endpoints.sqs),
      requestHandler: { connectionTimeout: 900, requestTimeout: 1000, throwOnRequestTimeout: true },
    }),
    s3: new S3Client({
      ...settings(options, endpoints.s3),
      maxAttempts: 2,
      requestHandler: {
        connectionTimeout: 900,
        requestTimeout: 3000,
        socketTimeout: 3000,
        throwOnRequestTimeout: true,
      },
      // Bucket names in host names need DNS that a custom endpoint does not have.
      ...(endpoints.s3 && { forcePathStyle: true }),
      ...(options.local && {
        requestChecksumCalculation: "WHEN_REQUIRED" as const,
        responseChecksumValidation: "WHEN_REQUIRED" as const,
      }),
    }),
  };
}

/**
 * An SQS client for long polls, which outlast the other clients' patience. It does not retry: a
 * poller is a retry loop itself.
 */
export function createPollingClient(options: ClientOptions): SQSClient {
  return new SQSClient({
    ...settings(options, options.endpoints?.sqs),
    maxAttempts: 1,
    cacheMiddleware: false,
    requestHandler: { connectionTimeout: 900, requestTimeout: 25_000, throwOnRequestTimeout: true },
  });
}

function settings(options: ClientOptions, endpoint: string | undefined) {
  const credentials = options.credentials ?? (options.local ? localCredentials : undefined);
  return {
    region: options.region,
    maxAttempts: 3,
    // Measured: 250 µs of CPU a call without, 150 µs with.
    cacheMiddleware: true,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
    ...(options.local && { signer: unsigned(options.region) }),
  };
}

const localCredentials = { accessKeyId: "local", secretAccessKey: "local" };

type Signer = Extract<
  Awaited<ReturnType<Extract<DynamoDBClientConfig["signer"], () => Promise<unknown>>>>,
  object
>;

/** The headers without which the emulators refuse a request, and no cryptography. */
function unsigned(region: string): Signer {
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${localCredentials.accessKeyId}/20250101/${region}/local/aws4_request, ` +
    "SignedHeaders=host, Signature=none";
  return {
    sign: async (request) => {
      request.headers.authorization = authorization;
      request.headers["x-amz-date"] = "20250101T000000Z";
      return request;
    },
  };
}
