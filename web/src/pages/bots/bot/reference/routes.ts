/** The routes of a published bot, as its clients use them. */
export interface RouteInfo {
  method: string;
  path: string;
  summary: string;
  notes: string[];
  body?: string;
  answer?: string;
}

export const routes: RouteInfo[] = [
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
  { method: "GET", path: "/health", summary: "Whether the endpoint is up", notes: [] },
];

export const errors: { status: number; body: string; meaning: string }[] = [
  { status: 403, body: "Forbidden", meaning: "The key is missing, unknown, disabled or expired." },
  { status: 429, body: "Too Many Requests", meaning: "Slow down; try again after a moment." },
  { status: 429, body: "Limit Exceeded", meaning: "The quota is used up until its period ends." },
  { status: 422, body: "invalid_request", meaning: "Correct the fields that the answer names." },
  { status: 503, body: "bot_paused", meaning: "The owner has paused the bot. Do not retry." },
  { status: 502, body: "model_error", meaning: "Send again where retryable is true." },
  { status: 504, body: "run_timeout", meaning: "Ask for less, or split the question." },
];
