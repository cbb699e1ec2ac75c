import type { Backend, BackendContext, BedrockBackend } from "./backend.ts";
import { createBedrockBackend } from "./bedrock-backend.ts";
import { createDemoModel } from "./demo-model.ts";
import { createOpenAiBackend } from "./openai/backend.ts";

export function createBackend(config: BedrockBackend, context: BackendContext): Backend {
  switch (config.kind) {
    case "demo":
      return createDemoModel(config, context);
    case "openai":
      return createOpenAiBackend(config, context);
    case "bedrock":
      return createBedrockBackend(config);
  }
}
