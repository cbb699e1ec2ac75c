import { S3Client } from "@aws-sdk/client-s3";
import { type ClientOptions, settings } from "./client-settings.ts";

/** In a module of its own, so that a bundle can have it in a chunk of its own: it is the heaviest. */
export function createS3Client(options: ClientOptions): S3Client {
  const endpoint = options.endpoints?.s3;
  const timeout = options.requestTimeoutMs ?? 3_000;
  return new S3Client({
    ...settings(options, endpoint, { requestTimeout: timeout, socketTimeout: timeout }),
    maxAttempts: 2,
    // Bucket names in host names need DNS that a custom endpoint does not have.
    ...(endpoint && { forcePathStyle: true }),
    ...(options.local && {
      requestChecksumCalculation: "WHEN_REQUIRED" as const,
      responseChecksumValidation: "WHEN_REQUIRED" as const,
    }),
  });
}
