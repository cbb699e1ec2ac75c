import * as v from "valibot";
import type { Json } from "./json-value.ts";
import { invalid } from "./exception.ts";

export type Content =
  | { kind: "text"; text: string }
  | { kind: "image"; format: string; bytes: Uint8Array }
  | { kind: "document"; format: string; name: string; bytes: Uint8Array }
  | { kind: "toolUse"; id: string; name: string; input: Json }
  /** Its parts as text, JSON parts as JSON text. */
  | { kind: "toolResult"; id: string; text: string; isError: boolean; parts: number }
  /** A block only some models understand (`video`, `cachePoint`, …), by its member's name. */
  | { kind: "other"; member: string };

export interface Message {
  role: "user" | "assistant";
  content: Content[];
}

export interface Tool {
  name: string;
  description: string;
  inputSchema: Json;
}

/** What Converse and ConverseStream were asked, bytes decoded. */
export interface ConverseRequest {
  modelId: string;
  system: string[];
  messages: Message[];
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
  stopSequences: string[];
  /** Absent where the request has no `toolConfig`. */
  tools: Tool[] | undefined;
  /** The model is to reason before it answers. */
  reasoning: boolean;
  /** JSON that the answer has to be. */
  format: { name: string; schema: unknown } | undefined;
  /** The body as it came, for whoever passes it on. */
  body: Uint8Array;
}

const bytes = v.pipe(
  v.string(),
  v.base64(),
  v.transform((text): Uint8Array => Buffer.from(text, "base64")),
);
const text = v.pipe(
  v.string(),
  v.transform((value): Uint8Array => Buffer.from(value, "utf8")),
);

const imageFormat = v.picklist(["gif", "jpeg", "png", "webp"]);
const documentFormat = v.picklist([
  "pdf",
  "csv",
  "doc",
  "docx",
  "xls",
  "xlsx",
  "html",
  "txt",
  "md",
]);
/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const documentName = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(200),
  v.regex(
    /^(?!.*\s\s)[\p{L}\p{N}\s()[\]-]+$/u,
    "The document's name can only contain letters, digits, single spaces, hyphens, parentheses and square brackets",
  ),
);

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html */
const toolName = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9_-]{1,64}$/));
const toolUseId = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9_.:-]{1,64}$/));
const jsonObject = v.pipe(
  v.unknown(),
  v.check((value) => typeof value === "object" && value !== null, "must be an object"),
);
const toolSpec = v.object({
  name: toolName,
  description: v.optional(v.pipe(v.string(), v.minLength(1))),
  inputSchema: v.object({ json: jsonObject }),
});
const toolUse = v.object({ toolUseId, name: toolName, input: jsonObject });
const toolResult = v.object({
  toolUseId,
  content: v.array(v.looseObject({ text: v.optional(v.string()), json: v.optional(v.unknown()) })),
  status: v.optional(v.picklist(["success", "error"]), "success"),
});

function toToolResult(said: v.InferOutput<typeof toolResult>): Content {
  const texts = said.content.map(({ text: plain, json }) => plain ?? JSON.stringify(json) ?? "");
  const { toolUseId: id, status, content } = said;
  const isError = status === "error";
  return { kind: "toolResult", id, text: texts.join("\n"), isError, parts: content.length };
}

/** Members are a union: exactly one of them is given. */
const block = v.pipe(
  v.looseObject({
    text: v.optional(v.string()),
    image: v.optional(v.object({ format: imageFormat, source: v.object({ bytes }) })),
    document: v.optional(
      v.object({
        format: v.optional(documentFormat, "txt"),
        name: documentName,
        source: v.union([v.object({ bytes }), v.object({ text })]),
      }),
    ),
    toolUse: v.optional(toolUse),
    toolResult: v.optional(toolResult),
  }),
  v.check((value) => Object.keys(value).length === 1, "Exactly one member is to be set"),
  v.transform((value): Content => {
    if (value.text !== undefined) return { kind: "text", text: value.text };
    if (value.image) {
      return { kind: "image", format: value.image.format, bytes: value.image.source.bytes };
    }
    if (value.document) {
      const { format, name, source } = value.document;
      const content = "bytes" in source ? source.bytes : source.text;
      return { kind: "document", format, name, bytes: content };
    }
    if (value.toolUse) {
      const { toolUseId: id, name, input } = value.toolUse;
      return { kind: "toolUse", id, name, input: input as Json };
    }
    if (value.toolResult) return toToolResult(value.toolResult);
    return { kind: "other", member: Object.keys(value)[0] ?? "" };
  }),
);

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html */
const inferenceConfig = v.object({
  maxTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  temperature: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  topP: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  stopSequences: v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.maxLength(2500))),
});

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
const metadataText = v.regex(/^[a-zA-Z0-9\s:_@$#=/+,\-.]*$/);
const requestMetadata = v.pipe(
  v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(256), metadataText),
    v.pipe(v.string(), v.maxLength(256), metadataText),
  ),
  v.check((value) => Object.keys(value).length >= 1, "At least one entry is needed"),
  v.check((value) => Object.keys(value).length <= 16, "At most 16 entries are allowed"),
);

const toTool = ({ name, description = "", inputSchema }: v.InferOutput<typeof toolSpec>): Tool => ({
  name,
  description,
  inputSchema: inputSchema.json as Json,
});

const schema = v.looseObject({
  messages: v.optional(
    v.array(v.object({ role: v.picklist(["user", "assistant"]), content: v.array(block) })),
    [],
  ),
  system: v.optional(v.array(v.looseObject({ text: v.optional(v.string()) })), []),
  inferenceConfig: v.optional(inferenceConfig, {}),
  requestMetadata: v.optional(requestMetadata),
  toolConfig: v.optional(
    v.looseObject({
      tools: v.pipe(v.array(v.looseObject({ toolSpec: v.optional(toolSpec) })), v.minLength(1)),
    }),
  ),
  outputConfig: v.optional(
    v.looseObject({
      textFormat: v.optional(
        v.object({
          type: v.literal("json_schema"),
          structure: v.object({
            jsonSchema: v.object({
              schema: v.pipe(v.string(), v.parseJson()),
              name: v.optional(v.string(), "answer"),
            }),
          }),
        }),
      ),
    }),
  ),
  additionalModelRequestFields: v.optional(
    v.looseObject({ thinking: v.optional(v.looseObject({ type: v.string() })) }),
  ),
});

/** Null members mean absent ones (restJson1). */
const withoutNulls = (json: string): unknown =>
  JSON.parse(json, (_key, value: unknown) => (value === null ? undefined : value));

/** @throws `ValidationException` where the body has not Converse's shape; `SyntaxError` for no JSON. */
export function parseConverseRequest(modelId: string, body: Uint8Array): ConverseRequest {
  const result = v.safeParse(schema, withoutNulls(new TextDecoder().decode(body)));
  if (!result.success) {
    const issues = result.issues.map((issue) => {
      return `Value at '${v.getDotPath(issue) ?? "body"}' failed to satisfy constraint: ${issue.message}`;
    });
    throw invalid(`${issues.length} validation error(s) detected: ${issues.join("; ")}`);
  }
  const { messages, system, inferenceConfig, toolConfig } = result.output;
  const { thinking } = result.output.additionalModelRequestFields ?? {};
  return {
    modelId,
    messages,
    system: system.flatMap((part) => (part.text === undefined ? [] : [part.text])),
    maxTokens: inferenceConfig.maxTokens,
    temperature: inferenceConfig.temperature,
    topP: inferenceConfig.topP,
    stopSequences: inferenceConfig.stopSequences ?? [],
    tools: toolConfig?.tools.flatMap(({ toolSpec }) => (toolSpec ? [toTool(toolSpec)] : [])),
    reasoning: thinking?.type === "enabled",
    format: result.output.outputConfig?.textFormat?.structure.jsonSchema,
    body,
  };
}
