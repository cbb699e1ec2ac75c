import { HeadObjectCommand, NotFound, type S3Client } from "@aws-sdk/client-s3";
import { type Clock, systemClock, type UploadStore } from "@outlet/core/ports";
import { presignedFields } from "./presigned-post.ts";
import { putPieces } from "./s3-multipart.ts";
import { reachStore } from "./store-error.ts";

/**
 * The upload store port on one S3 bucket.
 *
 * @param options.directUrl where browsers reach the bucket; absent where none may.
 */
export function createS3UploadStore({
  client,
  bucket,
  directUrl,
  clock = systemClock,
}: {
  client: S3Client;
  bucket: string;
  directUrl?: string;
  clock?: Clock;
}): UploadStore {
  const reach = <T>(call: Promise<T>) => reachStore("S3", call);
  return {
    async target(path, { bytes, expiresSeconds }) {
      if (directUrl === undefined) return undefined;
      const credentials = await client.config.credentials();
      const region = await client.config.region();
      const now = clock.now();
      const options = { bucket, region, path, bytes, expiresSeconds, now, credentials };
      return { method: "POST", url: directUrl, fields: presignedFields(options) };
    },
    receive: (path, pieces) =>
      reach(putPieces({ client, bucket, path, contentType: "application/octet-stream" }, pieces)),
    async size(path) {
      try {
        const { ContentLength } = await reach(
          client.send(new HeadObjectCommand({ Bucket: bucket, Key: path })),
        );
        return ContentLength;
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
  };
}
