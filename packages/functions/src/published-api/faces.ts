/**
 * What one chunk is made of: the faces that many bots are never called by. Two chunks would cut what
 * they share with the rest into more files, each of which costs a cold start.
 */
export { mcpRoutes } from "./mcp/routes.ts";
export { openaiRoutes } from "./openai/routes.ts";
