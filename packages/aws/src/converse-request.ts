import {
  type ModelContent,
  ModelError,
  type ModelReasoning,
  type ModelRequest,
  type ModelTool,
} from "@outlet/core/ports";
import * as Text from "@outlet/core/foundation/text";

const isBlank = (text: string): boolean => text.trim() === "";

const isEmpty = (part: ModelContent): boolean =>
  part.type === "text" ? isBlank(part.text) : part.type === "reasoning" && isUnsigned(part);

/** Reasoning goes back as it came, with its signature, or not at all: Claude refuses it without. */
const isUnsigned = ({ signature, redactedContent }: ModelReasoning): boolean =>
  signature === "" && redactedContent === "";

/**
 * What a model is asked, as the body of ConverseStream has it
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
 * @throws ModelError where there is nothing to say, or a document of a format that is not taken.
 */
export function toConverse(request: ModelRequest): object {
  const messages = toMessages(request);
  if (messages.length === 0) {
    throw new ModelError("model_invalid_request", false, "There is no message with any content");
  }
  const system = request.system.filter((text) => !isBlank(text)).map((text) => ({ text }));
  const inferenceConfig = toInferenceConfig(request);
  return {
    messages,
    // Bedrock refuses each of these when it is there but empty.
    ...(system.length > 0 && { system }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(request.reasoning && { additionalModelRequestFields: toThinking(request.reasoning) }),
    ...(request.tools && request.tools.length > 0 && { toolConfig: toToolConfig(request.tools) }),
    ...(request.format && { outputConfig: toOutputConfig(request.format) }),
    ...(Object.keys(request.metadata).length > 0 && { requestMetadata: request.metadata }),
  };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html */
const toThinking = ({ budgetTokens }: NonNullable<ModelRequest["reasoning"]>) => ({
  thinking: { type: "enabled", budget_tokens: budgetTokens },
});

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
const toToolConfig = (tools: readonly ModelTool[]) => ({
  tools: tools.map(({ name, description, inputSchema }) => ({
    toolSpec: { name, description, inputSchema: { json: inputSchema } },
  })),
});

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
const toOutputConfig = ({ name, schema }: NonNullable<ModelRequest["format"]>) => ({
  textFormat: {
    type: "json_schema",
    structure: { jsonSchema: { name, schema: schema ?? '{"type":"object"}' } },
  },
});

function toInferenceConfig(request: ModelRequest) {
  const { maxTokens, temperature, topP, stopSequences } = request;
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stopSequences !== undefined && stopSequences.length > 0 && { stopSequences }),
  };
}

interface Message {
  role: ModelRequest["messages"][number]["role"];
  content: ContentBlock[];
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
type ContentBlock = { [kind: string]: string | object };

function toMessages(request: ModelRequest): Message[] {
  const names = new Set<string>();
  const messages: Message[] = [];
  for (const { role, content } of request.messages) {
    const blocks = content
      .filter((part) => !isEmpty(part))
      .flatMap((part) => [...sayName(part), toBlock(part, names, request.modelId)]);
    const previous = messages.at(-1);
    if (blocks.length === 0) continue;
    if (previous?.role === role) previous.content.push(...blocks);
    else messages.push({ role, content: blocks });
  }
  return messages;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const documentFormats = ["csv", "doc", "docx", "html", "md", "pdf", "txt", "xls", "xlsx"];

function toBlock(part: ModelContent, names: Set<string>, modelId: string): ContentBlock {
  if (part.type === "text") return { text: part.text };
  if (part.type === "image") return { image: { format: part.format, source: toSource(part) } };
  if (part.type === "reasoning") return { reasoningContent: toReasoning(part) };
  if (part.type === "toolUse") {
    const { callId, name, input } = part;
    return { toolUse: { toolUseId: callId, name, input } };
  }
  if (part.type === "toolResult") return { toolResult: toToolResult(part, modelId) };
  const { format } = part;
  if (!documentFormats.includes(format)) {
    const message = `Bedrock takes no documents of format "${format}"`;
    throw new ModelError("model_invalid_request", false, message);
  }
  const name = toDocumentName(part.name, names);
  return { document: { format, name, source: toSource(part) } };
}

const toSource = ({ bytes }: { bytes: Uint8Array }) => ({
  bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
});

const toReasoning = (part: ModelReasoning) =>
  part.redactedContent === ""
    ? { reasoningText: { text: part.text, signature: part.signature } }
    : { redactedContent: part.redactedContent };

type ToolResult = ModelContent & { type: "toolResult" };

/** Never empty: an empty result is refused, and with it every request that follows. */
function toToolResult({ callId, content, isError }: ToolResult, modelId: string) {
  const said = isBlank(content) ? "[Nothing.]" : content;
  if (statusModels.test(modelId)) {
    return { toolUseId: callId, content: [{ text: said }], status: isError ? "error" : "success" };
  }
  const text = isError ? `[The call failed.]\n${said}` : said;
  return { toolUseId: callId, content: [{ text }] };
}

/**
 * Only Nova and Claude take the status of a result. What an inference profile of a bot's own stands
 * for cannot be seen; one that refuses is asked for by the model's id.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html
 */
const statusModels = /(?:^|[./])(?:anthropic|amazon\.nova)|^arn:/;

/** A name that Bedrock would not take whole is told in words, before the document. */
function sayName(part: ModelContent): ContentBlock[] {
  if (part.type !== "document" || !/[^\p{ASCII}]/u.test(part.name)) return [];
  if (!/[\p{L}\p{N}]/u.test(part.name)) return [];
  return [{ text: `The file that follows is called "${part.name}.${part.format}".` }];
}

/**
 * Bedrock allows letters, digits, single spaces, hyphens, parentheses and square brackets, at most
 * 200 of them, and each name once a request: "report.v2.pdf" would be refused.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
function toDocumentName(name: string, taken: Set<string>): string {
  const allowed = name.replace(/[^A-Za-z0-9()[\]-]+/g, " ").trim();
  const base = Text.cut(allowed, 190).trim() || "document";
  let unique = base;
  for (let n = 2; taken.has(unique); n++) unique = `${base} (${n})`;
  taken.add(unique);
  return unique;
}
