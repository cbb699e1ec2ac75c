import { embeddingModel, inferenceProfiles, models } from "./settings";
import { accountId, cell, partition, region } from "./stage";

/** Where this is and which models it allows: facts, without rights. */
export const installation = new sst.Linkable("Installation", {
  properties: {
    accountId,
    cell,
    embeddingModel,
    inferenceProfiles,
    models: models.join(","),
    partition,
    region,
  },
});
