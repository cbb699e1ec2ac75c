import { createBedrockModel } from "@outlet/aws/bedrock-model";
import { createConverseClient } from "@outlet/aws/lean/converse";
import { options } from "./linked.ts";

export const model = () => createBedrockModel({ client: createConverseClient(options()) });
