import {
  chatRequest,
  list,
  messageRequest,
  object,
  ref,
  responseRequest,
  text,
} from "./schemas.ts";

type Schema = Record<string, unknown>;
type Answer = { description: string; content?: Schema };

const json = (description: string, schema: Schema): Answer => ({
  description,
  content: { "application/json": { schema } },
});
const problem = (description: string): Answer => ({
  description,
  content: { "application/problem+json": { schema: ref("Problem") } },
});
/** OpenAPI 3.1 has no words for the events of a stream. */
const stream = { "text/event-stream": { schema: {} } };
const withStream = (answer: Answer): Answer => ({
  ...answer,
  content: { ...answer.content, ...stream },
});

const gateway = { "application/json": { schema: ref("GatewayRefusal") } };
const either = (description: string): Answer => ({
  ...problem(description),
  content: { ...problem("").content, ...gateway },
});

/** What any request may meet, from the gateway or from the bot. */
const everywhere = {
  "403": either("The key is not known, or the address is not allowed"),
  "404": problem("It does not exist, or is not the calling client's"),
  "413": { description: "The body is too large" },
  "429": either("Too many requests, or the quota is exhausted"),
  "500": either("A defect"),
  "502": either("The run failed"),
  "503": either("Paused, or out of reach for a moment"),
  "504": either("The run took too long"),
};

/** @param wrong the status that a request with a mistake gets on this face. */
const operation = (
  operationId: string,
  summary: string,
  answers: Record<string, Answer>,
  wrong: "400" | "422",
  more: object = {},
) => ({
  operationId,
  summary,
  ...more,
  responses: { ...everywhere, [wrong]: problem("The request is wrong"), ...answers },
});

const body = (schema: Schema) => ({
  requestBody: { required: true, content: { "application/json": { schema } } },
});
const path = (...names: string[]) =>
  names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
const query = (name: string, schema: Schema) => ({ name, in: "query", schema });
const header = (name: string) => ({ name, in: "header", schema: { type: "string" } });

export const publicOperations = () => ({
  "/health": {
    get: operation("health", "Whether it is up", { "200": json("Up", { type: "object" }) }, "400"),
  },
  "/openapi.json": {
    get: operation(
      "describe",
      "This document",
      { "200": json("OpenAPI 3.1", { type: "object" }) },
      "400",
    ),
  },
  "/llms.txt": {
    get: operation(
      "describeForModels",
      "How to call this bot, for models",
      { "200": { description: "Markdown", content: { "text/plain": { schema: text() } } } },
      "400",
    ),
  },
  "/v1/key": {
    get: operation(
      "key",
      "What the calling key may do",
      { "200": json("The key", ref("Key")) },
      "400",
    ),
  },
});

export function nativeOperations() {
  const answered = json("The answer", ref("Answer"));
  const wait = query("wait", { type: "integer", minimum: 1, maximum: 25 });
  const messagePath = path("conversationId", "messageId");
  const gone = problem("The run was cancelled");
  const conflict = problem("Not possible in this state");
  return {
    "/conversation": {
      post: operation(
        "send",
        "Sends a message",
        { "200": withStream(json("Accepted", ref("Accepted"))), "409": conflict },
        "422",
        { ...body(messageRequest), parameters: [header("Prefer"), header("Idempotency-Key")] },
      ),
    },
    "/conversation/{conversationId}": {
      get: operation(
        "readConversation",
        "The conversation as a tree",
        { "200": json("The conversation", ref("Conversation")) },
        "422",
        { parameters: path("conversationId") },
      ),
      delete: operation(
        "deleteConversation",
        "Deletes a conversation with all that was said",
        { "204": { description: "Gone" }, "409": conflict },
        "422",
        { parameters: path("conversationId") },
      ),
    },
    "/conversation/{conversationId}/{messageId}": {
      get: operation(
        "readAnswer",
        "The answer to a message",
        { "200": answered, "202": json("Not yet", ref("Accepted")), "410": gone },
        "422",
        { parameters: [...messagePath, wait] },
      ),
    },
    "/conversation/{conversationId}/{messageId}/events": {
      get: operation(
        "readEvents",
        "The events of a run, as they come",
        {
          "200": { description: "Server-sent events", content: stream },
          "204": { description: "There is nothing more to come" },
        },
        "422",
        { parameters: [...messagePath, header("Last-Event-ID")] },
      ),
    },
    "/conversation/{conversationId}/{messageId}/cancel": {
      post: operation(
        "cancel",
        "Cancels a run",
        { "200": json("Cancelled, or about to be", ref("Accepted")) },
        "422",
        { parameters: messagePath },
      ),
    },
  };
}

export function openaiOperations(models: readonly string[]) {
  const response = json("The response", ref("Response"));
  const id = path("response_id");
  const conflict = problem("The same request, or the response before it, is still being handled");
  return {
    "/v1/responses": {
      post: operation(
        "createResponse",
        "Makes a response",
        { "200": withStream(response), "409": conflict },
        "400",
        { ...body(responseRequest(models)), parameters: [header("Idempotency-Key")] },
      ),
    },
    "/v1/responses/{response_id}": {
      get: operation("readResponse", "A stored response", { "200": withStream(response) }, "400", {
        parameters: [
          ...id,
          query("stream", { type: "boolean" }),
          query("starting_after", { type: "integer", minimum: 0, maximum: 999_999_999 }),
        ],
      }),
      delete: operation(
        "deleteResponse",
        "Deletes a response",
        {
          "200": json("Gone", object({ id: text(), deleted: { const: true } }, ["id", "deleted"])),
          "409": conflict,
        },
        "400",
        { parameters: id },
      ),
    },
    "/v1/responses/{response_id}/cancel": {
      post: operation("cancelResponse", "Cancels a response", { "200": response }, "400", {
        parameters: id,
      }),
    },
    "/v1/responses/{response_id}/input_items": {
      get: operation(
        "listInputItems",
        "What was sent for a response",
        { "200": json("The items", object({ data: list({ type: "object" }) }, ["data"])) },
        "400",
        {
          parameters: [
            ...id,
            query("limit", { type: "integer", minimum: 1, maximum: 100 }),
            query("order", { enum: ["asc", "desc"] }),
            query("after", { type: "string" }),
          ],
        },
      ),
    },
    "/v1/chat/completions": {
      post: operation(
        "createChatCompletion",
        "Answers a chat",
        { "200": withStream(json("The answer", ref("ChatCompletion"))), "409": conflict },
        "400",
        { ...body(chatRequest(models)), parameters: [header("Idempotency-Key")] },
      ),
    },
    "/v1/models": {
      get: operation(
        "listModels",
        "The models of this bot",
        { "200": json("The models", object({ data: list(ref("Model")) }, ["data"])) },
        "400",
      ),
    },
    "/v1/models/{model}": {
      get: operation("readModel", "One model", { "200": json("The model", ref("Model")) }, "400", {
        parameters: path("model"),
      }),
    },
  };
}

export const mcpOperations = (description: string) => ({
  "/mcp": {
    post: operation(
      "mcp",
      "The bot as an MCP server",
      {
        "200": withStream(json("A JSON-RPC response", { type: "object" })),
        "202": { description: "A notification was taken" },
        "400": json("The message is wrong", { type: "object" }),
        "404": json("There is no such method", { type: "object" }),
      },
      "400",
      { description, ...body({ type: "object" }) },
    ),
  },
});
