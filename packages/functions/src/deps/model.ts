import { createBedrockClient, createBedrockModel } from "@outlet/aws/bedrock-model";
import { options } from "./linked.ts";

/** Not retried inside the SDK: the worker knows best when to try again. */
export const model = () => createBedrockModel({ client: createBedrockClient(options()) });
