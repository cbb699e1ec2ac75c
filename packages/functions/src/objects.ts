import type { ClientOptions } from "@outlet/aws/client-settings";
import { createS3Client } from "@outlet/aws/s3-client";
import { createS3ObjectStore } from "@outlet/aws/s3-object-store";
import type { ObjectStore } from "@outlet/core/ports";

/** The module that a chunk of its own is made of: whoever imports it waits for S3's client. */
export const openObjects = (options: ClientOptions, bucket: string): ObjectStore =>
  createS3ObjectStore({ client: createS3Client(options), bucket });
