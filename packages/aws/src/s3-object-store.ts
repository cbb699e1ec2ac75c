import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ObjectStore } from "@outlet/core/ports";
import { reachStore } from "./store-error.ts";

/**
 * The object store port on one S3 bucket.
 *
 * @example createS3ObjectStore({ client: createClients({ region }).s3, bucket: "outlet-payloads" })
 */
export function createS3ObjectStore({
  client,
  bucket,
}: {
  client: S3Client;
  bucket: string;
}): ObjectStore {
  const reach = <T>(call: Promise<T>) => reachStore("S3", call);
  return {
    async put(path, body, contentType) {
      await reach(
        client.send(
          new PutObjectCommand({ Bucket: bucket, Key: path, Body: body, ContentType: contentType }),
        ),
      );
    },
    async get(path) {
      try {
        return await reach(read(client, bucket, path));
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async remove(path) {
      await reach(client.send(new DeleteObjectCommand({ Bucket: bucket, Key: path })));
    },
  };
}

async function read(client: S3Client, bucket: string, path: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: path }));
  return Body ? Body.transformToByteArray() : new Uint8Array();
}
