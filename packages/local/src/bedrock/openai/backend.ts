import * as http from "node:http";
import * as https from "node:https";
import {
  type AnswerPart,
  type Backend,
  type BackendContext,
  type BedrockBackend,
  toStreamEvents,
} from "../backend.ts";
import { assertConversation } from "../conversation-rules.ts";
import { BedrockException } from "../exception.ts";
import { countTokens } from "../tokens.ts";
import { AnswerReader, broken } from "./answer-reader.ts";
import { type ChatBody, ServerHabits } from "./concessions.ts";
import { readEvents } from "./events.ts";
import {
  isFilter,
  readBodyWords,
  readRetryAfter,
  Refusal,
  toException,
  wordsOf,
} from "./refusal.ts";
import { toChatCompletion } from "./request.ts";

type OpenAiConfig = BedrockBackend & { kind: "openai" };

/** Any server that speaks OpenAI's `chat/completions` with streaming: Ollama, vLLM, llama.cpp, … */
export function createOpenAiBackend(config: OpenAiConfig, context: BackendContext): Backend {
  const { clock, log } = context;
  const sender = createSender(config);
  const habits = new ServerHabits();
  return {
    async *stream(request, signal) {
      const start = clock.now();
      assertConversation(request);
      const model = config.models?.[request.modelId] ?? request.modelId;
      const body = toChatCompletion(request, model);
      const parts = askAsItLikes(body, model, (shaped) => ask(shaped, model, signal));
      yield* toStreamEvents(parts, () => clock.now() - start);
    },
    close: () => sender.close(),
  };

  /** Asks again, within the request, where the server only refuses how it is asked. */
  async function* askAsItLikes(
    body: ChatBody,
    model: string,
    send: (body: ChatBody) => AsyncGenerator<AnswerPart>,
  ): AsyncGenerator<AnswerPart> {
    for (;;) {
      const shaped = habits.shape(body, model);
      let began = false;
      try {
        for await (const part of send(shaped)) {
          began = true;
          yield part;
        }
        return;
      } catch (error) {
        if (error instanceof NothingCame) {
          habits.learnWholeAnswers(model);
          log.warn("the model server streams no calls: asked for a whole answer", { model });
          continue;
        }
        if (!(error instanceof Refusal)) throw error;
        const conceded = began ? undefined : habits.learn(error.words, shaped, model);
        if (conceded === undefined && isFilter(error)) return yield* filtered(shaped);
        if (conceded === undefined) throw toException(error);
        log.warn("the model server is asked without what it refuses", {
          model,
          conceded,
          cause: error.message,
        });
      }
    }
  }

  async function* ask(
    body: ChatBody,
    model: string,
    signal: AbortSignal,
  ): AsyncGenerator<AnswerPart> {
    const text = JSON.stringify(body);
    const response = await sender.post(text, signal);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw await readRefusal(response, clock.now());
    const reader = new AnswerReader((said) => {
      log.warn("the model server does not count tokens: they are estimated", { model });
      return { input: countTokens(text), output: countTokens(said) };
    });
    let isWhole = false;
    try {
      const events = readEvents(response, clock, () => reader.stopped);
      for await (const event of events) {
        isWhole = event.type === "done";
        if (event.type === "chunk") yield* reader.read(event.value);
        if (isWhole || reader.full) break;
      }
      // Some servers lose a call where they stream (Ollama's of 2025 did).
      if (reader.isSilent && "tools" in body && body["stream"] === true) throw new NothingCame();
      yield* reader.end(isWhole);
    } catch (cause) {
      if (cause instanceof NothingCame) throw cause;
      if (cause instanceof Refusal || cause instanceof BedrockException) throw cause;
      throw broken("The model server broke off.", cause);
    } finally {
      if (isWhole) letGo(response);
      else response.destroy();
    }
  }
}

/** A streamed answer without a word or a call, though there are tools. */
class NothingCame extends Error {
  override name = "NothingCame";
}

/** The prompt itself was refused by a filter. Such a request is billed, as its prompt was read. */
function* filtered(body: ChatBody): Generator<AnswerPart> {
  yield { type: "stop", reason: "content_filtered" };
  yield { type: "usage", inputTokens: countTokens(JSON.stringify(body)), outputTokens: 0 };
}

interface Sender {
  post(body: string, signal: AbortSignal): Promise<http.IncomingMessage>;
  close(): void;
}

function createSender({ baseUrl, apiKey }: OpenAiConfig): Sender {
  const url = new URL(baseUrl);
  // Azure wants its version in the query of every request.
  url.pathname = `${url.pathname.replace(/(?<!\/)\/+$/, "").replace(/\/chat\/completions$/, "")}/chat/completions`;
  const { request: send, Agent } = url.protocol === "https:" ? https : http;
  // node:http rather than fetch: a fifth of the CPU per call.
  const agent = new Agent({ keepAlive: true });
  const headers = {
    "content-type": "application/json",
    accept: "text/event-stream, application/json",
    "accept-encoding": "identity",
    ...(apiKey === undefined ? {} : authorizationOf(url, apiKey)),
  };
  return {
    post: (body, signal) =>
      new Promise<http.IncomingMessage>((resolve, reject) => {
        const options = { method: "POST", agent, headers, signal };
        send(url, options, resolve).on("error", reject).end(body);
      }).catch((cause: unknown) => {
        throw toUnreachable(cause);
      }),
    close: () => agent.destroy(),
  };
}

/** Azure takes a bearer token for a user's, and a key under a name of its own. */
const authorizationOf = ({ hostname }: URL, apiKey: string): Record<string, string> =>
  /\.azure\.com$|\.azure-api\.net$/.test(hostname)
    ? { "api-key": apiKey }
    : { authorization: `Bearer ${apiKey}` };

/** No retry mends a certificate, or a port that speaks another protocol. */
const isMisconfigured = (code: string): boolean =>
  /^(?:ERR_TLS|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_SSL|EPROTO|HPE_)/.test(code);

function toUnreachable(cause: unknown): BedrockException {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const name = isMisconfigured(code) ? "ResourceNotFoundException" : "ServiceUnavailableException";
  const why = code === "" ? "" : ` (${code})`;
  return new BedrockException(name, `The model server cannot be reached${why}.`, { cause });
}

/** Of a body that is only there to say what went wrong. */
const refusalLengthMax = 100_000;

async function readRefusal(response: http.IncomingMessage, now: number): Promise<Refusal> {
  const status = response.statusCode ?? 0;
  let text = "";
  try {
    for await (const chunk of response.setEncoding("utf8")) {
      text += String(chunk);
      if (text.length > refusalLengthMax) break;
    }
  } catch (cause) {
    // The status says enough, whatever became of the words.
    text ||= `(its words broke off: ${cause instanceof Error ? cause.message : String(cause)})`;
  }
  const { location } = response.headers;
  const leads = location === undefined ? "" : ` It leads to ${location}.`;
  const words = readBodyWords(text) ?? wordsOf(`The model server answered ${status}.${leads}`);
  const retryAfterMs = readRetryAfter(response.headers, now);
  return new Refusal({ ...words, status }, { retryAfterMs });
}

/** How long a server may take to end a response whose last word it has said. */
const letGoMs = 1_000;

/** Reads on to the end: only then can the connection serve the next request. */
function letGo(response: http.IncomingMessage): void {
  const timer = setTimeout(() => response.destroy(), letGoMs);
  timer.unref();
  // What it says after its last word is nobody's business, nor how it breaks off.
  response.on("error", () => {});
  response.on("close", () => clearTimeout(timer));
  response.resume();
}
