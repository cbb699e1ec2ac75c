type Schema = Record<string, unknown>;

export const text = (more: Schema = {}): Schema => ({ type: "string", ...more });
export const object = (properties: Schema, required: string[] = []): Schema => ({
  type: "object",
  properties,
  ...(required.length > 0 && { required }),
});
export const list = (items: Schema): Schema => ({ type: "array", items });
export const ref = (name: keyof typeof schemas): Schema => ({
  $ref: `#/components/schemas/${name}`,
});
const orNull = (type: string): Schema => ({ type: [type, "null"] });

/** What several operations speak of. */
export const schemas = {
  Problem: object(
    {
      type: text(),
      title: text(),
      status: { type: "integer" },
      detail: text(),
      instance: text(),
      error: object({ message: text(), type: text(), param: orNull("string"), code: text() }, [
        "message",
        "type",
        "param",
        "code",
      ]),
      requestId: text(),
    },
    ["type", "title", "status", "detail", "instance", "error", "requestId"],
  ),
  GatewayRefusal: object({ message: text() }, ["message"]),
  Accepted: object({ conversationId: text(), messageId: text(), status: text() }, [
    "conversationId",
    "messageId",
    "status",
  ]),
  Answer: object(
    {
      conversationId: text(),
      messageId: text(),
      status: text(),
      message: { type: "object" },
      createTime: { type: "number" },
      usage: orNull("object"),
      incompleteDetails: orNull("object"),
      error: orNull("object"),
      unknownCalls: { type: "integer", minimum: 0 },
    },
    ["conversationId", "messageId", "status"],
  ),
  Conversation: object(
    { id: text(), title: text(), messageMap: { type: "object" }, lastMessageId: text() },
    ["id", "title", "messageMap", "lastMessageId"],
  ),
  Response: object(
    {
      id: text({ pattern: "^resp_" }),
      object: { const: "response" },
      created_at: { type: "integer" },
      completed_at: orNull("integer"),
      status: {
        enum: ["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"],
      },
      model: text(),
      background: { type: "boolean" },
      instructions: { type: "null" },
      output: list({ type: "object" }),
      usage: orNull("object"),
      error: orNull("object"),
      incomplete_details: orNull("object"),
      previous_response_id: orNull("string"),
      metadata: { type: "object" },
    },
    ["id", "object", "created_at", "status", "model", "output", "usage", "error"],
  ),
  ChatCompletion: object(
    {
      id: text({ pattern: "^chatcmpl-" }),
      object: { const: "chat.completion" },
      created: { type: "integer" },
      model: text(),
      choices: list({ type: "object" }),
      usage: { type: "object" },
    },
    ["id", "object", "created", "model", "choices", "usage"],
  ),
  Model: object(
    { id: text(), object: { const: "model" }, created: { type: "integer" }, owned_by: text() },
    ["id", "object", "created", "owned_by"],
  ),
  Key: object(
    {
      object: { const: "key" },
      id: text(),
      label: text(),
      created_at: { type: "integer" },
      expires_at: orNull("integer"),
      last_used_at: orNull("integer"),
      scopes: { type: "array", items: { enum: ["invoke", "read", "delete"] } },
      allowed_ips: { type: "array", items: text() },
      allowed_origins: { type: ["array", "null"], items: text() },
      throttle: orNull("object"),
      quota: orNull("object"),
      budgets: { type: "array", items: { type: "object" } },
    },
    ["object", "id", "label", "throttle", "quota", "budgets"],
  ),
};

const words = { type: "string", minLength: 1 };

/** `{role, content}` of either dialect. */
const message = object(
  {
    role: { enum: ["user", "assistant", "system", "developer"] },
    content: {
      anyOf: [words, list({ type: "object", properties: { type: text() }, required: ["type"] })],
    },
  },
  ["role", "content"],
);

const common = (models: readonly string[]): Schema => ({
  model: { type: "string", examples: models },
  stream: { type: ["boolean", "null"] },
  temperature: { type: ["number", "null"], minimum: 0, maximum: 2 },
  top_p: { type: ["number", "null"], minimum: 0, maximum: 1 },
  metadata: {
    type: ["object", "null"],
    maxProperties: 16,
    additionalProperties: { type: "string", maxLength: 512 },
  },
  user: { type: ["string", "null"], maxLength: 512 },
});

/** Where the end of a run is told, and what it is signed with. */
const webhook: Schema = {
  ...object(
    {
      url: { type: "string", format: "uri", pattern: "^https://", maxLength: 2_000 },
      secret: { type: "string", pattern: "^whsec_[A-Za-z0-9+/]{32,86}={0,2}$" },
    },
    ["url", "secret"],
  ),
  type: ["object", "null"],
  additionalProperties: false,
};

export const responseRequest = (models: readonly string[]): Schema =>
  object(
    {
      ...common(models),
      input: { anyOf: [words, { ...list(message), minItems: 1 }] },
      instructions: orNull("string"),
      background: { type: ["boolean", "null"] },
      store: { type: ["boolean", "null"] },
      previous_response_id: orNull("string"),
      max_output_tokens: { type: ["integer", "null"], minimum: 1 },
      webhook,
    },
    ["input"],
  );

export const chatRequest = (models: readonly string[]): Schema =>
  object(
    {
      ...common(models),
      messages: { ...list(message), minItems: 1 },
      max_completion_tokens: { type: ["integer", "null"], minimum: 1 },
      max_tokens: { type: ["integer", "null"], minimum: 1 },
      stop: {
        anyOf: [
          { type: "string", maxLength: 100 },
          { ...list({ type: "string", maxLength: 100 }), maxItems: 4 },
          { type: "null" },
        ],
      },
      stream_options: {
        type: ["object", "null"],
        properties: { include_usage: { type: "boolean" } },
      },
    },
    ["messages"],
  );

export const messageRequest: Schema = {
  ...object(
    {
      conversationId: { type: ["string", "null"], maxLength: 128 },
      message: {
        ...object(
          {
            content: {
              ...list({
                ...object({ contentType: { const: "text" }, body: words }, ["contentType", "body"]),
                additionalProperties: false,
              }),
              minItems: 1,
            },
            model: { type: ["string", "null"] },
          },
          ["content"],
        ),
        additionalProperties: false,
      },
      enableReasoning: { type: ["boolean", "null"] },
      continueGenerate: { type: ["boolean", "null"] },
      webhook,
    },
    ["message"],
  ),
  additionalProperties: false,
};
