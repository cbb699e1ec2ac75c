import type { Bot } from "@outlet/core/bots/bot";
import { slugOf } from "../openai/models.ts";

/** How to call a bot, for models that write programs: https://llmstxt.org/ */
export function describeForModels(bot: Bot.Info, endpoint: string): string {
  const model = slugOf(bot.title, [bot.model, ...bot.callerModels]);
  return `# ${bot.title}

> ${bot.description || "A chat bot with an API of its own."}

Base URL: ${endpoint}
Authentication: \`Authorization: Bearer KEY\` or \`x-api-key: KEY\`

## OpenAI-compatible
Base URL of OpenAI's clients: ${endpoint}/v1, model \`${model}\`.

- POST ${endpoint}/v1/responses: \`{"model":"${model}","input":"…"}\`; \`stream\`, \`background\`, \`previous_response_id\`
- POST ${endpoint}/v1/chat/completions: \`{"model":"${model}","messages":[…]}\`
- GET ${endpoint}/v1/models
- GET ${endpoint}/v1/key: what the key may do

## MCP
Streamable HTTP at ${endpoint}/mcp, one tool: \`ask\`.

## Asynchronous
- POST ${endpoint}/conversation: \`{"message":{"content":[{"contentType":"text","body":"…"}]}}\` → \`{conversationId, messageId}\`
- GET ${endpoint}/conversation/{conversationId}/{messageId}: 202 until it is answered

## Optional
- [OpenAPI 3.1](${endpoint}/openapi.json)
`;
}
