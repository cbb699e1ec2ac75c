import { ModelCatalog } from "../packages/core/src/models/catalog/index";
import { KnowledgeBase } from "../packages/core/src/bots/knowledge-base/index";
import { Embeddings } from "../packages/core/src/models/embeddings/index";
import { Rerankers } from "../packages/core/src/models/rerankers/index";
import { embeddingModel, knowledgeBases, models, regionName, rerankModel } from "./settings";
import { accountId, partition, region } from "./stage";
import { payloads, table } from "./storage";

/** Items of the table and what is found through its indexes; never a scan, never the table itself. */
export const itemGrants = (...actions: ("Get" | "BatchGet" | "Put" | "Update" | "Delete")[]) => ({
  actions: actions.map((action) => `dynamodb:${action}Item`),
  resources: [table.arn],
});

export const queryGrant = (...indexes: ("listing" | "public" | "open")[]) => ({
  actions: ["dynamodb:Query"],
  resources: [table.arn, ...indexes.map((index) => $interpolate`${table.arn}/index/${index}`)],
});

export const objectGrants = (...actions: ("Get" | "Put" | "Delete")[]) => ({
  actions: actions.map((action) => `s3:${action}Object`),
  resources: [$interpolate`${payloads.arn}/*`],
});

/** Without it S3 answers 403 and not 404 for what is not there. */
export const bucketListGrant = { actions: ["s3:ListBucket"], resources: [payloads.arn] };

export const sendGrant = (queue: sst.aws.Queue) => ({
  actions: ["sqs:SendMessage"],
  resources: [queue.arn],
});

/**
 * For what a queue feeds: SST grants the function more of the queue than Lambda needs to read it
 * (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html).
 */
export function pollingOnly(args: sst.aws.FunctionArgs): undefined {
  const unused = ["sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"];
  args.permissions = $output(args.permissions).apply((permissions = []) =>
    permissions.map((permission) => ({
      ...permission,
      actions: permission.actions.filter((action) => !unused.includes(action)),
    })),
  );
}

const bedrock = (path: string) =>
  $interpolate`arn:${partition}:bedrock:${region}:${accountId}:${path}`;

/** The allowed models and no others; a cross-Region profile also needs the model behind it. */
export const modelArns = ModelCatalog.createCatalog(models, regionName).models.flatMap((info) => {
  const { modelId, isProfile } = ModelCatalog.behindProfile(info.modelId);
  const model = $interpolate`arn:${partition}:bedrock:*::foundation-model/${modelId}`;
  return isProfile ? [model, bedrock(`inference-profile/${info.modelId}`)] : [model];
});

/** Profiles of bots; their ids are Bedrock's to choose. */
export const botProfilesArn = bedrock("application-inference-profile/*");

/** Whoever calls a profile also needs the model behind it, so these are no more models. */
export const modelGrant = ({ byProfile = false } = {}) => ({
  actions: ["bedrock:InvokeModelWithResponseStream"],
  resources: byProfile ? [...modelArns, botProfilesArn] : modelArns,
});

/** For whoever reads knowledge or is asked about it; none where passages are found by words alone. */
export const embeddingGrants = Embeddings.models
  .filter(({ name }) => name === embeddingModel)
  .map(({ modelId }) => ({
    actions: ["bedrock:InvokeModel"],
    resources: [$interpolate`arn:${partition}:bedrock:${region}::foundation-model/${modelId}`],
  }));

/** For whoever is asked about knowledge: the bases that are named and no others, none where none is. */
export const knowledgeBaseGrants = [KnowledgeBase.parseAllowed(knowledgeBases)]
  .filter((allowed) => allowed.length > 0)
  .map((allowed) => ({
    actions: ["bedrock:Retrieve"],
    resources: allowed.map(({ knowledgeBaseId }) => bedrock(`knowledge-base/${knowledgeBaseId}`)),
  }));

/**
 * For whoever is asked about knowledge. Rerank itself knows no resource; which model it may ask is the
 * second right (https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html).
 */
export const rerankGrants = Rerankers.models
  .filter(({ name }) => name === rerankModel)
  .flatMap(({ modelId }) => [
    { actions: ["bedrock:Rerank"], resources: ["*"] },
    {
      actions: ["bedrock:InvokeModel"],
      resources: [$interpolate`arn:${partition}:bedrock:${region}::foundation-model/${modelId}`],
    },
  ]);
