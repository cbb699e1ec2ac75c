import type { DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { reach } from "./unix-agent.ts";

export interface ClientOptions {
  region: string;
  /** Base URLs in place of AWS's own, or Unix sockets (`unix-endpoint.ts`). */
  endpoints?: { dynamodb?: string; sqs?: string; s3?: string; ssm?: string };
  /** The default provider chain where absent. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** The endpoints are emulators on this machine that check no signatures: spare the signing. */
  local?: boolean;
  /**
   * How long to wait for the answer to one try of a call: a second where absent, three for S3. A busy
   * machine of one's own may be slow without being gone.
   */
  requestTimeoutMs?: number;
}

/**
 * What the clients of all services have in common.
 * @param patience how long to wait, on top of the 900 ms for a connection.
 */
export function settings(
  options: ClientOptions,
  endpoint: string | undefined,
  patience: { requestTimeout: number; socketTimeout?: number },
) {
  const { httpAgent, ...target } = endpoint === undefined ? {} : reach(endpoint);
  const credentials = options.credentials ?? (options.local ? localCredentials : undefined);
  return {
    region: options.region,
    maxAttempts: 3,
    // Measured: 250 µs of CPU a call without, 150 µs with.
    cacheMiddleware: true,
    requestHandler: {
      connectionTimeout: 900,
      throwOnRequestTimeout: true,
      ...patience,
      ...(httpAgent && { httpAgent }),
    },
    ...target,
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
