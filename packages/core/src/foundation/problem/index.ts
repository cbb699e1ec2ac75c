/**
 * The one error of the domain and its closed list of codes. What a client sees of it is an RFC 9457
 * problem document with an OpenAI-shaped `error` member; each code has a page in `docs/errors.md`.
 */
export * as Problem from "./index.ts";

/** code → HTTP status and title. Exhaustive: `Code` is its keys. */
export const codes = {
  invalid_request: { status: 422, title: "Invalid request", type: "invalid_request_error" },
  invalid_json: { status: 422, title: "The body is not JSON", type: "invalid_request_error" },
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    type: "invalid_request_error",
  },
  payload_too_large: { status: 413, title: "Payload too large", type: "invalid_request_error" },
  model_not_allowed: { status: 422, title: "Model not allowed", type: "invalid_request_error" },
  model_not_found: { status: 404, title: "No such model", type: "invalid_request_error" },
  unsupported_parameter: {
    status: 400,
    title: "Not possible here",
    type: "invalid_request_error",
  },
  previous_response_not_found: {
    status: 400,
    title: "No such response to go on with",
    type: "invalid_request_error",
  },
  title_mismatch: { status: 422, title: "The title does not match", type: "invalid_request_error" },
  idempotency_key_reuse: {
    status: 422,
    title: "Idempotency key used for another request",
    type: "invalid_request_error",
  },
  unauthenticated: { status: 401, title: "Sign in first", type: "authentication_error" },
  forbidden: { status: 403, title: "Not allowed", type: "permission_error" },
  publish_not_allowed: {
    status: 403,
    title: "You may not publish",
    type: "permission_error",
  },
  scope_missing: { status: 403, title: "Not what this key is for", type: "permission_error" },
  not_found: { status: 404, title: "Not found", type: "not_found_error" },
  route_not_found: { status: 404, title: "No such route", type: "not_found_error" },
  method_not_allowed: { status: 405, title: "Method not allowed", type: "invalid_request_error" },
  prerequisites_not_met: {
    status: 409,
    title: "The bot cannot be published yet",
    type: "conflict_error",
  },
  publication_in_progress: {
    status: 409,
    title: "The publication is changing",
    type: "conflict_error",
  },
  already_published: { status: 409, title: "Already published", type: "conflict_error" },
  not_published: { status: 409, title: "Not published", type: "conflict_error" },
  bot_published: { status: 409, title: "The bot is published", type: "conflict_error" },
  conflict: { status: 409, title: "Changed meanwhile", type: "conflict_error" },
  nothing_to_continue: {
    status: 409,
    title: "There is nothing to continue",
    type: "conflict_error",
  },
  run_not_failed: { status: 409, title: "The run has not failed", type: "conflict_error" },
  run_cancelled: { status: 410, title: "The run was cancelled", type: "run_error" },
  conversation_busy: {
    status: 429,
    title: "Too many open messages",
    type: "rate_limit_error",
  },
  rate_exceeded: { status: 429, title: "Too many requests", type: "rate_limit_error" },
  quota_exceeded: { status: 429, title: "The quota is used up", type: "rate_limit_error" },
  limit_reached: { status: 409, title: "As many as there may be", type: "conflict_error" },
  budget_exceeded: {
    status: 429,
    title: "The budget is used up",
    type: "rate_limit_error",
  },
  internal_error: { status: 500, title: "Internal error", type: "api_error" },
  model_error: { status: 502, title: "The model failed", type: "run_error" },
  model_empty_answer: { status: 502, title: "The model said nothing", type: "run_error" },
  worker_lost: { status: 502, title: "The run was given up", type: "run_error" },
  bot_unavailable: { status: 502, title: "The bot is gone", type: "run_error" },
  bot_paused: { status: 503, title: "The bot is paused", type: "api_error" },
  service_unavailable: { status: 503, title: "Temporarily unavailable", type: "api_error" },
  run_timeout: { status: 504, title: "The run took too long", type: "run_error" },
} as const;

export type Code = keyof typeof codes;

export interface Detail {
  /** What is wrong and what to do about it. */
  message: string;
  /** The field it is about: `throttle.rateLimit`, `message.content[0].body`. */
  param?: string | null;
  /** Every failing path, where there is more than one. */
  errors?: { path: string; message: string }[];
  /** Seconds until it makes sense to try again. */
  retryAfter?: number;
  /** Where a face of the API has another one for it than the table. */
  status?: number;
  /** Further members of the problem document. */
  extra?: Record<string, unknown>;
}

export class ProblemError extends Error {
  override name = "ProblemError";
  readonly code: Code;
  readonly detail: Detail;
  constructor(code: Code, detail: string | Detail, options?: ErrorOptions) {
    const full = typeof detail === "string" ? { message: detail } : detail;
    super(full.message, options);
    this.code = code;
    this.detail = full;
  }
  get status(): number {
    return this.detail.status ?? codes[this.code].status;
  }
}

export interface Document {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  errors?: { path: string; message: string }[];
  error: { message: string; type: string; param: string | null; code: Code };
  requestId: string;
}

/**
 * The body that a client sees.
 */
export function toDocument(problem: ProblemError, instance: string, requestId: string): Document {
  const { title, type } = codes[problem.code];
  const { status } = problem;
  const { message, param, errors, extra } = problem.detail;
  return {
    ...extra,
    type: `urn:outlet:problem:${problem.code}`,
    title,
    status,
    detail: message,
    instance,
    ...(errors ? { errors } : {}),
    error: { message, type, param: param ?? null, code: problem.code },
    requestId,
  };
}
