import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  type ContentBlock,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type ConverseStreamOutput,
  DocumentFormat,
  type InferenceConfiguration,
  type Message,
  type OutputConfig,
  type ReasoningContentBlock,
  type ToolConfiguration,
  type ToolResultBlock,
  type ToolUseBlock,
} from "@aws-sdk/client-bedrock-runtime";
import {
  type Model,
  type ModelContent,
  ModelError,
  type ModelEvent,
  type ModelReasoning,
  type ModelRequest,
  type ModelTool,
  toModelUsage,
} from "@outlet/core/ports";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { toModelError } from "./bedrock-error.ts";
import { reach } from "./unix-agent.ts";
import { Text } from "@outlet/core/foundation/text";

export interface BedrockClientOptions {
  region: string;
  /**
   * Another endpoint than AWS's own: plain `http:` is spoken as HTTP/2 without TLS, a Unix socket
   * (`unix-endpoint.ts`) as HTTP/1.1.
   */
  endpoint?: string;
  /** The default provider chain where absent. */
  credentials?: NonNullable<BedrockRuntimeClientConfig["credentials"]>;
  /** Tries of one call inside the SDK. 1: whoever calls the model knows best when to try again. */
  maxAttempts?: number;
}

/** One client per process: it keeps its connections. */
export function createBedrockClient(options: BedrockClientOptions): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    region: options.region,
    maxAttempts: options.maxAttempts ?? 1,
    ...(options.endpoint === undefined ? {} : target(options.endpoint)),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
}

function target(endpoint: string) {
  // Each answer that is under way holds a connection.
  const { httpAgent, ...url } = reach(endpoint, Number.POSITIVE_INFINITY);
  return { ...url, ...(httpAgent && { requestHandler: new NodeHttpHandler({ httpAgent }) }) };
}

/**
 * Bedrock's ConverseStream as the {@link Model} port. It sends each request once: give it a client
 * of {@link createBedrockClient}, or one with `maxAttempts: 1`.
 *
 * Blank text is left out and neighbours of one role are joined, because Bedrock refuses both.
 * @example
 * const model = createBedrockModel({ client: createBedrockClient({ region: "us-east-1" }) });
 * for await (const event of model.stream(request, signal)) …
 */
export function createBedrockModel({ client }: { client: BedrockRuntimeClient }): Model {
  return {
    async *stream(request, signal) {
      signal.throwIfAborted();
      const input = toInput(request);
      // Our own controller, so that a reader who stops early also closes the HTTP stream.
      const hangUp = new AbortController();
      const reader = new EventReader();
      let finished = false;
      try {
        const abortSignal = AbortSignal.any([signal, hangUp.signal]);
        const command = new ConverseStreamCommand(input);
        const { stream } = await client.send(command, { abortSignal });
        for await (const event of stream ?? []) {
          signal.throwIfAborted();
          yield* reader.read(event);
        }
        finished = true;
      } catch (error) {
        throw signal.aborted ? signal.reason : toModelError(error, reader.began);
      } finally {
        if (!finished) hangUp.abort();
      }
      signal.throwIfAborted();
      reader.assertComplete();
    },
  };
}

/** Turns Bedrock's events into ours and knows whether the answer is whole. */
class EventReader {
  began = false;
  #stopped = false;
  #counted = false;
  /** Calls that are coming in, by their block: pieces of several may come by turns. */
  readonly #toolUses = new Map<number, ModelEvent & { type: "toolUse" }>();

  *read(event: ConverseStreamOutput): Generator<ModelEvent> {
    this.began = true;
    this.#readToolUse(event);
    if (event.contentBlockStop) yield* this.#endToolUse(event.contentBlockStop.contentBlockIndex);
    if (event.contentBlockDelta) {
      const delta = event.contentBlockDelta.delta;
      if (delta?.text) yield { type: "text", text: delta.text.toWellFormed() };
      const reasoning = delta?.reasoningContent;
      if (reasoning?.text) yield { type: "reasoning", text: reasoning.text.toWellFormed() };
      if (reasoning?.signature) {
        yield { type: "reasoning", text: "", signature: reasoning.signature };
      }
      if (reasoning?.redactedContent) {
        const redactedContent = Buffer.from(reasoning.redactedContent).toString("base64");
        yield { type: "reasoning", text: "", redactedContent };
      }
    }
    if (event.messageStop) {
      // A server may forget to end a block.
      for (const index of [...this.#toolUses.keys()]) yield* this.#endToolUse(index);
      this.#stopped = true;
      yield { type: "stop", reason: Text.cut(event.messageStop.stopReason ?? "none", 100) };
    }
    if (event.metadata?.usage) {
      this.#counted = true;
      yield { type: "usage", usage: toModelUsage(event.metadata.usage) };
    }
  }

  #readToolUse({ contentBlockStart, contentBlockDelta }: ConverseStreamOutput): void {
    const begun = contentBlockStart?.start?.toolUse;
    if (begun) {
      const { toolUseId: callId = "", name = "" } = begun;
      const index = contentBlockStart.contentBlockIndex ?? 0;
      this.#toolUses.set(index, { type: "toolUse", callId, name, input: "" });
    }
    const piece = contentBlockDelta?.delta?.toolUse?.input;
    const open = this.#toolUses.get(contentBlockDelta?.contentBlockIndex ?? 0);
    if (piece !== undefined && open) open.input += piece;
  }

  *#endToolUse(index = 0): Generator<ModelEvent> {
    const open = this.#toolUses.get(index);
    if (!open) return;
    this.#toolUses.delete(index);
    yield { ...open, input: open.input.toWellFormed() };
  }

  /** A connection may end without an error in the middle of an answer, notably over HTTP/2. */
  assertComplete(): void {
    if (this.#stopped && this.#counted) return;
    const missing = this.#stopped ? "metadata" : "messageStop";
    const message = `The stream ended without a ${missing} event`;
    throw new ModelError("model_stream_broken", true, message);
  }
}

const isBlank = (text: string): boolean => text.trim() === "";

const isEmpty = (part: ModelContent): boolean =>
  part.type === "text" ? isBlank(part.text) : part.type === "reasoning" && isUnsigned(part);

/** Reasoning goes back as it came, with its signature, or not at all: Claude refuses it without. */
const isUnsigned = ({ signature, redactedContent }: ModelReasoning): boolean =>
  signature === "" && redactedContent === "";

function toInput(request: ModelRequest): ConverseStreamCommandInput {
  const messages = toMessages(request);
  if (messages.length === 0) {
    throw new ModelError("model_invalid_request", false, "There is no message with any content");
  }
  const system = request.system.filter((text) => !isBlank(text)).map((text) => ({ text }));
  const inferenceConfig = toInferenceConfig(request);
  return {
    modelId: request.modelId,
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
const toToolConfig = (tools: readonly ModelTool[]): ToolConfiguration => ({
  tools: tools.map(({ name, description, inputSchema }) => ({
    toolSpec: {
      name,
      description,
      inputSchema: { json: inputSchema as NonNullable<ToolUseBlock["input"]> },
    },
  })),
});

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
const toOutputConfig = ({ name, schema }: NonNullable<ModelRequest["format"]>): OutputConfig => ({
  textFormat: {
    type: "json_schema",
    structure: { jsonSchema: { name, schema: schema ?? '{"type":"object"}' } },
  },
});

function toInferenceConfig(request: ModelRequest): InferenceConfiguration {
  const { maxTokens, temperature, topP, stopSequences } = request;
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stopSequences !== undefined && stopSequences.length > 0 && { stopSequences }),
  };
}

function toMessages(request: ModelRequest): Message[] {
  const names = new Set<string>();
  const messages: (Message & { content: ContentBlock[] })[] = [];
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

const documentFormats = new Map<string, DocumentFormat>(
  Object.values(DocumentFormat).map((format) => [format, format]),
);

function toBlock(part: ModelContent, names: Set<string>, modelId: string): ContentBlock {
  if (part.type === "text") return { text: part.text };
  if (part.type === "image")
    return { image: { format: part.format, source: { bytes: part.bytes } } };
  if (part.type === "reasoning") return { reasoningContent: toReasoning(part) };
  if (part.type === "toolUse") {
    const { callId, name, input } = part;
    return {
      toolUse: { toolUseId: callId, name, input: input as NonNullable<ToolUseBlock["input"]> },
    };
  }
  if (part.type === "toolResult") return { toolResult: toToolResult(part, modelId) };
  const format = documentFormats.get(part.format);
  if (format === undefined) {
    const message = `Bedrock takes no documents of format "${part.format}"`;
    throw new ModelError("model_invalid_request", false, message);
  }
  return {
    document: { format, name: toDocumentName(part.name, names), source: { bytes: part.bytes } },
  };
}

const toReasoning = (part: ModelReasoning): ReasoningContentBlock =>
  part.redactedContent === ""
    ? { reasoningText: { text: part.text, signature: part.signature } }
    : { redactedContent: Buffer.from(part.redactedContent, "base64") };

type ToolResult = ModelContent & { type: "toolResult" };

/** Never empty: an empty result is refused, and with it every request that follows. */
function toToolResult({ callId, content, isError }: ToolResult, modelId: string): ToolResultBlock {
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
