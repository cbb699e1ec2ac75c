import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ObjectStore } from "@outlet/core/ports";
import { putPieces, putWhole } from "./s3-multipart.ts";
import { reachStore } from "./store-error.ts";

/**
 * The object store port on one S3 bucket.
 *
 * @param options.requestBytesMax what the service takes in one request; S3 itself takes 5 GB.
 * @example createS3ObjectStore({ client: createClients({ region }).s3, bucket: "outlet-payloads" })
 */
export function createS3ObjectStore({
  client,
  bucket,
  requestBytesMax = Infinity,
}: {
  client: S3Client;
  bucket: string;
  requestBytesMax?: number;
}): ObjectStore {
  const reach = <T>(call: Promise<T>) => reachStore("S3", call);
  return {
    async put(path, body, contentType) {
      const target = { client, bucket, path, contentType };
      await reach(
        body.byteLength > requestBytesMax ? putPieces(target, [body]) : putWhole(target, body),
      );
    },
    get: (path) => ifThere(() => reach(read(client, bucket, path))),
    getRange: (path, from, length) =>
      ifThere(() => reach(read(client, bucket, path, `bytes=${from}-${from + length - 1}`))),
    async remove(path) {
      await reach(client.send(new DeleteObjectCommand({ Bucket: bucket, Key: path })));
    },
  };
}

async function ifThere<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** @param Range as in RFC 9110, section 14.1.2. */
async function read(
  client: S3Client,
  bucket: string,
  path: string,
  Range?: string,
): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: path, Range }));
  return Body ? Body.transformToByteArray() : new Uint8Array();
}
