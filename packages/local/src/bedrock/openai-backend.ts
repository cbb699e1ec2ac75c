import * as http from "node:http";
import * as https from "node:https";
import { createParser } from "eventsource-parser";
import * as v from "valibot";
import {
  type AnswerPart,
  type Backend,
  type BackendContext,
  type BedrockBackend,
  toStreamEvents,
} from "./backend.ts";
import { BedrockException, type ExceptionName } from "./exception.ts";
import { assertConversation } from "./conversation-rules.ts";
import { toChatCompletion } from "./openai-request.ts";
import { countTokens } from "./tokens.ts";

type OpenAiConfig = BedrockBackend & { kind: "openai" };

/** Any server that speaks OpenAI's `chat/completions` with streaming: Ollama, vLLM, llama.cpp, … */
export function createOpenAiBackend(config: OpenAiConfig, { clock, log }: BackendContext): Backend {
  const url = new URL(`${config.baseUrl.replace(/\/+$/, "")}/chat/completions`);
  const { request: send, Agent } = url.protocol === "https:" ? https : http;
  // node:http rather than fetch: a fifth of the CPU per call.
  const agent = new Agent({ keepAlive: true });
  const headers = {
    "content-type": "application/json",
    accept: "text/event-stream",
    ...(config.apiKey === undefined ? {} : { authorization: `Bearer ${config.apiKey}` }),
  };
  const post = (body: string, signal: AbortSignal): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = { method: "POST", agent, headers, signal };
      send(url, options, resolve).on("error", reject).end(body);
    });
  return {
    async *stream(request, signal) {
      const start = clock.now();
      assertConversation(request);
      const model = config.models?.[request.modelId] ?? request.modelId;
      const body = JSON.stringify(toChatCompletion(request, model));
      const response = await post(body, signal).catch((cause: unknown) => {
        throw unavailable("The model server cannot be reached.", cause);
      });
      if (response.statusCode !== 200) throw await refusal(response);
      const estimate = (text: string): AnswerPart => {
        log.warn("the model server reports no usage: tokens are estimated", { model });
        const inputTokens = countTokens(body);
        return { type: "usage", inputTokens, outputTokens: countTokens(text) };
      };
      const parts = readAnswer(readData(response), estimate);
      yield* toStreamEvents(parts, () => clock.now() - start);
    },
    close: () => agent.destroy(),
  };
}

const unavailable = (message: string, cause: unknown): BedrockException =>
  new BedrockException("ServiceUnavailableException", message, { cause });

const broken = (message: string, cause?: unknown): BedrockException =>
  new BedrockException("ModelStreamErrorException", message, { cause });

const exceptionOfStatus: Record<number, ExceptionName> = {
  401: "AccessDeniedException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  429: "ThrottlingException",
};

/** The server's own words go to the caller as Bedrock's do; at most so many of them. */
const messageLengthMax = 500;

async function refusal(response: http.IncomingMessage): Promise<BedrockException> {
  const status = response.statusCode ?? 0;
  const fallback = status >= 400 && status < 500 ? "ValidationException" : undefined;
  const name = exceptionOfStatus[status] ?? fallback ?? "ServiceUnavailableException";
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > 100_000) break;
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), errorBody), text);
  const said = parsed.success ? parsed.output : text;
  const message = said.slice(0, messageLengthMax) || `The model server answered ${status}.`;
  return new BedrockException(name, message, { cause: `status ${status}` });
}

/** `{error: {message}}` of OpenAI and vLLM, `{error: "…"}` of Ollama's older routes. */
const errorBody = v.pipe(
  v.object({ error: v.union([v.string(), v.looseObject({ message: v.string() })]) }),
  v.transform(({ error }) => (typeof error === "string" ? error : error.message)),
);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const chunkSchema = v.looseObject({
  error: v.optional(v.unknown()),
  choices: v.nullish(
    v.array(
      v.looseObject({
        delta: v.nullish(
          v.looseObject({
            content: v.nullish(v.string()),
            // vLLM, llama.cpp and DeepSeek say `reasoning_content`, Ollama says `reasoning`.
            reasoning_content: v.nullish(v.string()),
            reasoning: v.nullish(v.string()),
          }),
        ),
        finish_reason: v.nullish(v.string()),
        // vLLM alone names the sequence that ended the answer.
        stop_reason: v.nullish(v.union([v.string(), v.number()])),
      }),
    ),
    [],
  ),
  usage: v.nullish(
    v.looseObject({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: v.nullish(v.looseObject({ cached_tokens: v.nullish(count) })),
    }),
  ),
});
type Chunk = v.InferOutput<typeof chunkSchema>;

/**
 * The `data` of every server-sent event but `[DONE]`. It reads on after that, to the end of the
 * response: only then can the connection serve the next request.
 */
async function* readData(response: http.IncomingMessage): AsyncGenerator<string> {
  const queue: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void queue.push(data) });
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response) {
      parser.feed(
        decoder.decode(bytes instanceof Uint8Array ? bytes : undefined, { stream: true }),
      );
      for (const data of queue.splice(0)) {
        if (data !== "[DONE]") yield data;
      }
    }
  } catch (cause) {
    throw broken("The model server broke off.", cause);
  }
}

function parseChunk(data: string): Chunk {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), chunkSchema), data);
  if (!parsed.success) {
    throw broken(
      "The model server sent what is no chat completion chunk.",
      parsed.issues[0].message,
    );
  }
  if (parsed.output.error !== undefined && parsed.output.error !== null) {
    const said = v.safeParse(errorBody, parsed.output);
    throw broken(
      said.success ? said.output.slice(0, messageLengthMax) : "The model server failed.",
    );
  }
  return parsed.output;
}

async function* readAnswer(
  stream: AsyncIterable<string>,
  estimateUsage: (text: string) => AnswerPart,
): AsyncGenerator<AnswerPart> {
  let text = "";
  let stop: string | undefined;
  let usage: AnswerPart | undefined;
  for await (const data of stream) {
    const chunk = parseChunk(data);
    const choice = chunk.choices?.[0];
    const reasoning = choice?.delta?.reasoning_content || choice?.delta?.reasoning;
    if (reasoning) yield { type: "reasoning", text: reasoning };
    if (choice?.delta?.content) yield { type: "text", text: choice.delta.content };
    text += choice?.delta?.content ?? "";
    if (choice?.finish_reason) stop = toStopReason(choice.finish_reason, choice.stop_reason);
    if (chunk.usage) usage = toUsage(chunk.usage);
  }
  if (stop === undefined) throw broken("The model server's stream ended before the answer did.");
  yield { type: "stop", reason: stop };
  yield usage ?? estimateUsage(text);
}

function toStopReason(finishReason: string, stopReason: unknown): string {
  if (finishReason === "length") return "max_tokens";
  if (finishReason === "content_filter") return "content_filtered";
  if (finishReason === "tool_calls") return "tool_use";
  return typeof stopReason === "string" ? "stop_sequence" : "end_turn";
}

function toUsage(usage: NonNullable<Chunk["usage"]>): AnswerPart {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? undefined;
  return {
    type: "usage",
    inputTokens: usage.prompt_tokens - (cached ?? 0),
    outputTokens: usage.completion_tokens,
    ...(cached === undefined ? {} : { cacheReadInputTokens: cached }),
  };
}
