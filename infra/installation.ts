import {
  caps,
  embeddingModel,
  inferenceProfiles,
  keyDays,
  keyDaysMost,
  knowledgeBases,
  models,
  rerankModel,
} from "./settings";
import { accountId, cell, partition, region } from "./stage";
import { vectorBucketName } from "./vectors";

/** Where this is and which models it allows: facts, without rights. */
export const installation = new sst.Linkable("Installation", {
  properties: {
    accountId,
    caps,
    cell,
    embeddingModel,
    inferenceProfiles,
    keyDays,
    keyDaysMost,
    knowledgeBases,
    models: models.join(","),
    partition,
    region,
    rerankModel,
    stage: $app.stage,
    // Empty where vectors lie in the indexes of words.
    vectorBucket: vectorBucketName,
  },
});
