import type { ClientOptions } from "@outlet/aws/client-settings";
import { createS3Client } from "@outlet/aws/s3-client";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import { createS3UploadStore } from "@outlet/aws/s3-upload-store";
import type { ObjectStore, UploadStore } from "@outlet/core/ports";

/** The module that a chunk of its own is made of: whoever imports it waits for S3's client. */
export const openObjects = (options: ClientOptions, bucket: string): ObjectStore =>
  createS3ObjectStore({ client: createS3Client(options), bucket });

/** @param directUrl where browsers reach the bucket. */
export const openUploads = (
  options: ClientOptions,
  bucket: string,
  directUrl: string,
): UploadStore => createS3UploadStore({ client: createS3Client(options), bucket, directUrl });
