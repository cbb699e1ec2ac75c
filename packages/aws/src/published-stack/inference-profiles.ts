import { createHash } from "node:crypto";
import type { Output } from "@aws-sdk/client-cloudformation";
import * as ModelCatalog from "@outlet/core/models/catalog";
import type { StackSpec } from "@outlet/core/ports";
import { apiName } from "./names.ts";
import type { JsonObject, Platform, Resource, Template } from "./template-types.ts";

const outputPrefix = "InferenceProfile";

/**
 * Application inference profiles of one bot, one for each model: what is asked of a model through
 * them is on the bill under the bot's tags.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-create.html
 */
export function inferenceProfiles(
  { botId, modelIds = [] }: StackSpec,
  platform: Platform,
  tags: JsonObject[],
): { resources: Record<string, Resource>; outputs: Template["Outputs"] } {
  const resources: Record<string, Resource> = {};
  const outputs: Template["Outputs"] = {};
  if (!platform.inferenceProfiles) return { resources, outputs };
  for (const modelId of modelIds) {
    // By the model's own id: another order of the same models changes nothing.
    const hash = createHash("sha256").update(modelId).digest("hex").slice(0, 12);
    const id = `${outputPrefix}${hash}`;
    resources[id] = {
      Type: "AWS::Bedrock::ApplicationInferenceProfile",
      Properties: {
        InferenceProfileName: `${apiName(botId, platform.stage)}-${hash}`,
        Description: `Outlet bot ${botId}`,
        ModelSource: { CopyFrom: sourceArn(modelId, platform) },
        Tags: tags,
      },
    };
    outputs[id] = {
      Description: modelId,
      Value: { "Fn::GetAtt": [id, "InferenceProfileArn"] },
    };
  }
  return { resources, outputs };
}

/** What a stack's outputs say of them: ARNs by the id of the model behind. */
export const profilesOf = (outputs: readonly Output[]): Record<string, string> =>
  Object.fromEntries(
    outputs.flatMap(({ OutputKey, OutputValue, Description }) =>
      OutputKey?.startsWith(outputPrefix) && OutputValue && Description
        ? [[Description, OutputValue]]
        : [],
    ),
  );

function sourceArn(modelId: string, { partition, region, accountId }: Platform): string {
  if (modelId.startsWith("arn:")) return modelId;
  return ModelCatalog.behindProfile(modelId).isProfile
    ? `arn:${partition}:bedrock:${region}:${accountId}:inference-profile/${modelId}`
    : `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`;
}
