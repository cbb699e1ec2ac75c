/** Operations of S3 Vectors that Outlet calls; each is an action of IAM by the same name. */
export type S3VectorsOperation =
  | "CreateIndex"
  | "DeleteIndex"
  | "DeleteVectors"
  | "GetVectors"
  | "ListIndexes"
  | "PutVectors"
  | "QueryVectors";

/** What each function does with vectors, and so all that it may (infra/vectors.ts). */
export const s3VectorsRights = {
  /** Whoever is asked about knowledge. */
  search: ["QueryVectors"],
  /** Whoever reads it. */
  sync: ["CreateIndex", "DeleteIndex", "DeleteVectors", "GetVectors", "ListIndexes", "PutVectors"],
  /** Whoever removes a bot. */
  remove: ["DeleteIndex", "ListIndexes"],
} as const satisfies Record<string, readonly S3VectorsOperation[]>;
