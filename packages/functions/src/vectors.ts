import { createJsonClient } from "@outlet/aws/lean/json-client";
import { createS3VectorStore } from "@outlet/aws/s3-vector-store";
import type { VectorStore } from "@outlet/core/ports";

/** The module that a chunk of its own is made of: only where vectors lie there is it loaded. */
export const openVectors = (region: string, bucket: string): VectorStore =>
  createS3VectorStore({ client: createJsonClient("s3vectors", { region }), bucket });
