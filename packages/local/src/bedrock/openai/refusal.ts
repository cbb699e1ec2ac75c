import type { IncomingHttpHeaders } from "node:http";
import { BedrockException, type ExceptionName } from "../exception.ts";
import { isRecord, type JsonRecord, parseJson, recordOf } from "./json.ts";
import { Text } from "@outlet/core/foundation/text";

/** What a server says when it does not answer, wherever it says so: in a status, in a body, in mid-stream. */
export interface Words {
  /** For the owner, bounded and on one line. */
  message: string;
  /** Its `type`, `code`, `param` and the like, joined. */
  labels: string;
  /** A status in the body itself, as llama.cpp and vLLM write it. */
  status?: number;
}

/** The server refused, or broke off, in its own words. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly words: Words;
  readonly retryAfterMs: number | undefined;
  constructor(words: Words, options: ErrorOptions & { retryAfterMs?: number | undefined } = {}) {
    super(words.message, options);
    this.words = words;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The server's own words go to the caller as Bedrock's do; at most so many of them. */
const messageLengthMax = 500;

/** On one line, so that nothing a server says looks like more than one thing in a log or a table. */
const oneLine = (text: string): string =>
  Text.cut(Text.oneLine(text), messageLengthMax).toWellFormed();

export const wordsOf = (message: string, labels = ""): Words => ({
  message: oneLine(message),
  labels,
});

/** Where APIs keep what went wrong: OpenAI, Ollama, vLLM, FastAPI, Cloudflare, Baidu, gateways. */
const wrappers = ["error", "errors", "fault", "detail"];
const messages = ["message", "msg", "error_msg", "errorMessage", "detail", "error_description"];
const labelNames = ["type", "code", "param", "status", "error_code"];

/**
 * The words of an error object, in any of the shapes that servers use.
 * @returns `undefined` where it names no error. `""`, `null`, `false` and `{}` are none.
 */
export function readWords(value: unknown): Words | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : wordsOf(value);
  if (Array.isArray(value)) {
    return value.map(readWords).find((words) => words !== undefined);
  }
  if (!isRecord(value)) return value === true ? wordsOf("true") : undefined;
  const outer = labelsOf(value);
  for (const name of wrappers) {
    const inner = readWords(value[name]) ?? readLabels(value[name]);
    if (inner) return merge(inner, outer, statusOf(value));
  }
  const message = messages.map((name) => value[name]).find((said) => typeof said === "string");
  if (typeof message === "string" && message.trim() !== "") {
    return merge(wordsOf(message + rawOf(value)), outer, statusOf(value));
  }
  return undefined;
}

/** An error that has a type, or a code, and nothing to say. */
function readLabels(value: unknown): Words | undefined {
  const labels = labelsOf(recordOf(value));
  return labels === "" ? undefined : wordsOf(JSON.stringify(value), labels);
}

/** OpenRouter wraps what the provider said. */
function rawOf(value: JsonRecord): string {
  const { raw } = recordOf(value["metadata"]);
  return typeof raw === "string" ? `: ${raw}` : "";
}

const labelsOf = (value: JsonRecord): string =>
  labelNames
    .map((name) => value[name])
    .filter((label) => typeof label === "string" || typeof label === "number")
    .join(" ");

function statusOf(value: JsonRecord): number | undefined {
  const status = [value["code"], value["status"], value["status_code"]].map(Number);
  return status.find((code) => Number.isInteger(code) && code >= 400 && code < 600);
}

function merge(words: Words, labels: string, status: number | undefined): Words {
  const known = words.status ?? status;
  return {
    message: words.message,
    labels: `${words.labels} ${labels}`.trim(),
    ...(known === undefined ? {} : { status: known }),
  };
}

/** The words of a whole body that is no answer: JSON, a page, or text. */
export function readBodyWords(body: string): Words | undefined {
  const parsed = readWords(parseJson(body));
  if (parsed) return parsed;
  if (!/^\s*</.test(body)) return body.trim() === "" ? undefined : wordsOf(body);
  const title = /<title[^<>]{0,100}>([^<]*)/i.exec(body)?.[1] ?? body.replace(/<[^<>]*>/g, " ");
  return wordsOf(`A page instead of an answer: ${title}`, "html_page");
}

/** What only shows in words: servers say it under any status, in any place. The first rule that fits holds. */
const rules: [ExceptionName, RegExp][] = [
  [
    "ValidationException",
    /exceed_context|context_length|context[ _](?:length|size|window)|maximum (?:context|prompt|sequence)|(?:prompt|input) is too long|too many (?:input )?tokens/i,
  ],
  [
    "ServiceQuotaExceededException",
    /insufficient[_ ](?:quota|balance|credit|fund)|exceeded your current quota|credit balance|out of credits|payment required|billing/i,
  ],
  // Ollama, llama.cpp, vLLM of a model, a template or a server without tools: no second try mends it.
  [
    "ValidationException",
    /does not support tools|tools param requires --jinja|--enable-auto-tool-choice|--tool-call-parser/i,
  ],
  ["ResourceNotFoundException", /unexpected endpoint|model_not_found|no such model/i],
  ["AccessDeniedException", /invalid_api_key|authentication_error|permission_(?:error|denied)/i],
];

/** What a type tells where there is no status. */
const typeRules: [ExceptionName, RegExp][] = [
  ["ThrottlingException", /rate_?limit/i],
  ["ServiceUnavailableException", /overloaded|unavailable|capacity/i],
  ["ValidationException", /invalid_?request|bad_?request|validation/i],
  ["ResourceNotFoundException", /html_page|not_?found/i],
];

const exceptionOfStatus: Record<number, ExceptionName> = {
  401: "AccessDeniedException",
  402: "ServiceQuotaExceededException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  405: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  410: "ResourceNotFoundException",
  425: "ServiceUnavailableException",
  429: "ThrottlingException",
  501: "ResourceNotFoundException",
  504: "ModelTimeoutException",
};

function fromStatus(status: number): ExceptionName {
  const known = exceptionOfStatus[status];
  if (known) return known;
  // A redirect leads elsewhere each time: the base URL is wrong.
  if (status >= 300 && status < 400) return "ResourceNotFoundException";
  return status < 500 ? "ValidationException" : "ServiceUnavailableException";
}

/** Whether what the server said is the verdict of a filter on what was asked. */
export const isFilter = ({ words }: Refusal): boolean =>
  /content_filter|content management policy|ResponsibleAIPolicyViolation/i.test(
    `${words.labels} ${words.message}`,
  );

/** The refusal as Bedrock would refuse: by the words where they tell, else by the status. */
export function toException(refusal: Refusal): BedrockException {
  const { words, retryAfterMs } = refusal;
  const said = `${words.labels} ${words.message}`;
  const fits = ([, pattern]: [ExceptionName, RegExp]) => pattern.test(said);
  const name =
    rules.find(fits)?.[0] ??
    (words.status === undefined ? typeRules.find(fits)?.[0] : fromStatus(words.status)) ??
    "ModelStreamErrorException";
  const cause = refusal.cause ?? (words.status === undefined ? said : `status ${words.status}`);
  return new BedrockException(name, words.message, { cause, retryAfterMs });
}

/** @returns milliseconds to wait; `undefined` where the server does not say. RFC 9110 §10.2.3. */
export function readRetryAfter(headers: IncomingHttpHeaders, now: number): number | undefined {
  const precise = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (precise >= 0) return precise;
  const text = headers["retry-after"]?.trim();
  if (text === undefined || text === "") return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
