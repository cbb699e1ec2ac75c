import { s3VectorsRights } from "../packages/aws/src/s3-vectors-rights";
import { vectorStore } from "./settings";
import { accountId, partition, region } from "./stage";

/** Names are one account's in one Region; a stage's is in small letters. */
const name = $interpolate`outlet-${$app.stage.toLowerCase()}-${accountId}-${region}`;

/** An index a bot, made by whoever reads its knowledge. Nothing is here where no vectors are to be. */
const vectors =
  vectorStore === "s3vectors"
    ? new aws.s3.VectorsVectorBucket("Vectors", {
        vectorBucketName: name,
        // What is in it can be made again from the sources; what is left by itself is not paid for.
        forceDestroy: true,
      })
    : undefined;

const arn = $interpolate`arn:${partition}:s3vectors:${region}:${accountId}:bucket/${name}`;

export const vectorBucketName = vectors?.vectorBucketName ?? "";

/** For whoever searches, reads or removes knowledge; each what it does and no more. */
export const vectorGrants = (role: keyof typeof s3VectorsRights) =>
  vectors
    ? [
        {
          actions: s3VectorsRights[role]
            .filter((action) => action !== "ListIndexes")
            .map((action) => `s3vectors:${action}`),
          resources: [$interpolate`${arn}/index/*`],
        },
        ...(s3VectorsRights[role].some((action) => action === "ListIndexes")
          ? [{ actions: ["s3vectors:ListIndexes"], resources: [arn] }]
          : []),
      ]
    : [];
