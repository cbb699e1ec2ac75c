import * as v from "valibot";

/** Names of buckets, and those of indexes, which take dots too. */
const bucketName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/));
const indexName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/));
const key = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));
const keys = (most: number) => v.pipe(v.array(key), v.minLength(1), v.maxLength(most));
const data = v.strictObject({ float32: v.array(v.number()) });
const flag = v.optional(v.boolean(), false);
const page = { maxResults: v.optional(v.number()), nextToken: v.optional(v.string()) };

/** An index by the names of it and its bucket; by ARNs Outlet names none. */
const place = { vectorBucketName: bucketName, indexName };

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Vectors.html */
export const requests = {
  CreateVectorBucket: v.object({ vectorBucketName: bucketName }),
  CreateIndex: v.object({
    ...place,
    dataType: v.literal("float32"),
    dimension: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4_096)),
    // The other one is euclidean, by which Outlet compares nothing.
    distanceMetric: v.literal("cosine"),
  }),
  GetIndex: v.object(place),
  ListIndexes: v.object({ vectorBucketName: bucketName, prefix: v.optional(v.string()), ...page }),
  DeleteIndex: v.object(place),
  PutVectors: v.object({
    ...place,
    vectors: v.pipe(
      v.array(v.object({ key, data, metadata: v.optional(v.record(v.string(), v.unknown())) })),
      v.minLength(1),
      v.maxLength(500),
    ),
  }),
  GetVectors: v.object({ ...place, keys: keys(100), returnData: flag, returnMetadata: flag }),
  ListVectors: v.object({ ...place, ...page, returnData: flag, returnMetadata: flag }),
  DeleteVectors: v.object({ ...place, keys: keys(500) }),
  QueryVectors: v.object({
    ...place,
    topK: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
    queryVector: data,
    returnDistance: flag,
    returnMetadata: flag,
    // Outlet's vectors have no metadata to filter by.
    filter: v.optional(v.undefined()),
  }),
} as const;
