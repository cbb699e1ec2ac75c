/** The routes of a published bot, as its clients use them. */
export interface RouteInfo {
  method: string;
  path: string;
  summary: string;
  notes: string[];
  body?: string;
  answer?: string;
}

const native: RouteInfo[] = [
  {
    method: "POST",
    path: "/conversation",
    summary: "Send a message; the answer follows by itself",
    notes: [
      "Leave the id of the conversation out to begin a conversation, or send one of your own choosing.",
      "With “Prefer: wait=20” it answers with the message, if that is there within 20 seconds.",
      "With “Idempotency-Key” a repeated request is answered by the same run.",
    ],
    body: '{\n  "conversationId": "optional",\n  "message": {\n    "content": [{ "contentType": "text", "body": "…" }]\n  }\n}',
    answer: '{\n  "conversationId": "…",\n  "messageId": "…",\n  "status": "queued"\n}',
  },
  {
    method: "GET",
    path: "/conversation/{conversationId}/{messageId}",
    summary: "Read an answer",
    notes: [
      "202 while it is on its way, with “Retry-After”; ?wait=20 holds the request for so long.",
      "200 when it is there; 502 or 504 where the run failed, with its error code.",
    ],
    answer:
      '{\n  "conversationId": "…",\n  "message": {\n    "role": "assistant",\n    "content": [{ "contentType": "text", "body": "…" }]\n  }\n}',
  },
  {
    method: "GET",
    path: "/conversation/{conversationId}",
    summary: "Read a whole conversation",
    notes: ["A tree of messages; the bot's instruction is never in it."],
  },
  {
    method: "POST",
    path: "/conversation/{conversationId}/{messageId}/cancel",
    summary: "Cancel a run",
    notes: ["Safe to repeat; what has ended stays as it is."],
  },
  {
    method: "DELETE",
    path: "/conversation/{conversationId}",
    summary: "Delete a conversation",
    notes: ["204; what was said is gone for good."],
  },
  {
    method: "GET",
    path: "/conversation/{conversationId}/{messageId}/events",
    summary: "Follow an answer while it is made",
    notes: [
      "Server-sent events; “Last-Event-ID” goes on after what has been read.",
      "A POST with “Accept: text/event-stream” streams at once.",
    ],
  },
];

const openai: RouteInfo[] = [
  {
    method: "POST",
    path: "/v1/responses",
    summary: "Ask, by OpenAI's Responses API",
    notes: [
      "At once, with “stream”, or in the “background”; the id of an earlier response goes on with its conversation.",
    ],
    body: '{\n  "model": "bot",\n  "input": "…"\n}',
    answer:
      '{\n  "id": "resp_…",\n  "status": "completed",\n  "output": [{ "type": "message" }]\n}',
  },
  {
    method: "GET",
    path: "/v1/responses/{response_id}",
    summary: "Read a response",
    notes: ["With ?stream=true it is followed while it is made, from any event on."],
  },
  {
    method: "DELETE",
    path: "/v1/responses/{response_id}",
    summary: "Delete a response",
    notes: [],
  },
  {
    method: "POST",
    path: "/v1/responses/{response_id}/cancel",
    summary: "Cancel a response",
    notes: [],
  },
  {
    method: "GET",
    path: "/v1/responses/{response_id}/input_items",
    summary: "Read what was asked",
    notes: [],
  },
  {
    method: "POST",
    path: "/v1/chat/completions",
    summary: "Ask, by OpenAI's Chat Completions API",
    notes: ["With “stream” or without; “messages” bring the history."],
    body: '{\n  "model": "bot",\n  "messages": [{ "role": "user", "content": "…" }]\n}',
    answer: '{\n  "choices": [{ "message": { "role": "assistant", "content": "…" } }]\n}',
  },
  { method: "GET", path: "/v1/models", summary: "List the models to ask for", notes: [] },
  { method: "GET", path: "/v1/models/{model}", summary: "Read about one of them", notes: [] },
];

const mcp: RouteInfo[] = [
  {
    method: "POST",
    path: "/mcp",
    summary: "The bot as an MCP server, over streamable HTTP",
    notes: ["One tool, “ask”. The page Connect has the configuration for the usual clients."],
  },
];

const about: RouteInfo[] = [
  {
    method: "GET",
    path: "/v1/key",
    summary: "What the key may do, and what is left of its quota",
    notes: [],
  },
  { method: "GET", path: "/openapi.json", summary: "All of this as OpenAPI 3.1", notes: [] },
  { method: "GET", path: "/llms.txt", summary: "All of this for a model to read", notes: [] },
  { method: "GET", path: "/health", summary: "Whether the endpoint is up", notes: [] },
];

/** Every route of the endpoint; a test compares them with its OpenAPI document. */
export const faces = { native, openai, mcp, about };

interface ErrorInfo {
  status: number;
  body: string;
  /** Whether it is a code of ours: it has a page. */
  isCode: boolean;
  meaning: string;
}

const ofGateway = (status: number, body: string, meaning: string): ErrorInfo => ({
  status,
  body,
  isCode: false,
  meaning,
});
const ofApp = (status: number, body: string, meaning: string): ErrorInfo => ({
  status,
  body,
  isCode: true,
  meaning,
});

/** Those that clients meet most; the documentation has all of them. */
export const errors: ErrorInfo[] = [
  ofGateway(403, "Forbidden", "The key is missing, unknown, disabled or expired."),
  ofGateway(429, "Too Many Requests", "Slow down; try again after a moment."),
  ofGateway(429, "Limit Exceeded", "The quota is used up until its period ends."),
  ofApp(422, "invalid_request", "Correct the fields that the answer names."),
  ofApp(429, "budget_exceeded", "What may be spent is used up until its period ends."),
  ofApp(502, "model_error", "Send again where retryable is true."),
  ofApp(503, "bot_paused", "The owner has paused the bot. Do not retry."),
  ofApp(504, "run_timeout", "Ask for less, or split the question."),
];
