import type { Bot } from "@outlet/core/bots/bot";
import { describeTool } from "../mcp/tool.ts";
import { modelList } from "../openai/models.ts";
import {
  mcpOperations,
  nativeOperations,
  openaiOperations,
  publicOperations,
} from "./operations.ts";
import { schemas } from "./schemas.ts";

/**
 * The API of one published bot as OpenAPI 3.1: what it is called, what it answers with, and nothing
 * of what it was told.
 * https://spec.openapis.org/oas/v3.1.0
 */
export function describeApi(bot: Bot.Info, endpoint: string): object {
  const models = modelList(bot).map(({ id }) => id);
  return {
    openapi: "3.1.0",
    info: {
      title: bot.title,
      version: "1",
      ...(bot.description && { description: bot.description }),
    },
    servers: [{ url: endpoint }],
    security: [{ bearer: [] }, { key: [] }],
    paths: {
      ...publicOperations(),
      ...nativeOperations(),
      ...openaiOperations(models),
      ...mcpOperations(describeTool(bot).description),
    },
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        key: { type: "apiKey", name: "x-api-key", in: "header" },
      },
      schemas,
    },
  };
}
