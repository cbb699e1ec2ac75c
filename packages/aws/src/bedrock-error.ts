import { ModelError, type ModelErrorCode } from "@outlet/core/ports";
import { ServiceError } from "./lean/service-error.ts";

/**
 * Bedrock's exceptions, in lower case.
 * Which are worth another try: https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
const exceptions = new Map(
  Object.entries<[ModelErrorCode, retryable: boolean]>({
    throttlingexception: ["model_throttled", true],
    modelnotreadyexception: ["model_unavailable", true],
    serviceunavailableexception: ["model_unavailable", true],
    internalserverexception: ["model_unavailable", true],
    modeltimeoutexception: ["model_timeout", true],
    modelerrorexception: ["model_error", true],
    modelstreamerrorexception: ["model_stream_broken", true],
    accessdeniedexception: ["model_access_denied", false],
    resourcenotfoundexception: ["model_not_found", false],
    servicequotaexceededexception: ["model_quota_exceeded", false],
    validationexception: ["model_invalid_request", false],
    // Raised by the SDK's chain of credentials before anything is sent.
    credentialsprovidererror: ["model_access_denied", false],
    tokenprovidererror: ["model_access_denied", false],
    timeouterror: ["model_timeout", true],
  }),
);

/** For exceptions this list does not know: signature trouble, a proxy's own pages, new ones. */
function fromStatus(status: number): [ModelErrorCode, boolean] {
  if (status === 401 || status === 403) return ["model_access_denied", false];
  if (status === 404) return ["model_not_found", false];
  if (status === 408) return ["model_timeout", true];
  if (status === 424) return ["model_error", true];
  if (status === 429) return ["model_throttled", true];
  return status < 500 ? ["model_invalid_request", false] : ["model_unavailable", true];
}

/** Every model has words of its own for a request that is more than it takes. */
const tooLong = [
  /exceed_context|context[ _-]?(?:length|size|window|limit)/i,
  /(?:prompt|input|request|messages?)\b.{0,40}\btoo (?:long|large)/i,
  /too many (?:input )?tokens|input tokens? .{0,40}exceed|reduce the length/i,
  /maximum (?:context|prompt|sequence) length|prompt contains \d{1,12} tokens/i,
];
const filter =
  /content[_ ]filter|content management policy|ResponsibleAIPolicy|blocked by .{0,40}(?:policy|filter|guardrail)/i;

/** Whether these words of a model say that it was asked more than it takes. */
const saysTooLong = (words: string): boolean => tooLong.some((pattern) => pattern.test(words));

/** A request that is refused as invalid, by what the refusal says. */
function specify(code: ModelErrorCode, words: string): ModelErrorCode {
  if (code !== "model_invalid_request") return code;
  if (filter.test(words)) return "model_content_filtered";
  return saysTooLong(words) ? "model_input_too_long" : code;
}

/** A mistake in the program is not an answer of the model: it has to surface as itself. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;

/**
 * What the client threw, as a {@link ModelError}. Without a status and a known name it never was
 * Bedrock's answer: the connection was refused, reset, or ended inside a frame.
 * @param began whether a part of the answer had arrived.
 */
export function toModelError(error: unknown, began: boolean): unknown {
  if (error instanceof ModelError || !(error instanceof Error) || isBug(error)) return error;
  const refusal = error instanceof ServiceError ? error : undefined;
  const broken: [ModelErrorCode, boolean] = [
    began ? "model_stream_broken" : "model_unavailable",
    true,
  ];
  const [code, retryable] =
    exceptions.get(error.name.toLowerCase()) ??
    // What could not be read, or was said in mid-answer, is a broken stream and not a success.
    (refusal === undefined || refusal.status < 300 ? broken : fromStatus(refusal.status));
  return new ModelError(
    specify(code, error.message),
    retryable,
    `${error.name}: ${error.message}`,
    { cause: error, retryAfterMs: refusal?.retryAfterMs },
  );
}
