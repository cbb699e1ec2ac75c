/** Exceptions of Converse and ConverseStream and their statuses, from the service's model. */
export const exceptionStatus = {
  ThrottlingException: 429,
  ModelNotReadyException: 429,
  InternalServerException: 500,
  ServiceUnavailableException: 503,
  ModelTimeoutException: 408,
  ModelErrorException: 424,
  ModelStreamErrorException: 424,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ServiceQuotaExceededException: 400,
  ValidationException: 400,
  // Of the protocol (restJson1) rather than of Bedrock.
  SerializationException: 400,
  UnknownOperationException: 404,
  RequestEntityTooLargeException: 413,
} as const;
export type ExceptionName = keyof typeof exceptionStatus;

/** Refuses a request, or breaks off an answer, as Bedrock would. The message goes to the caller. */
export class BedrockException extends Error {
  override readonly name: ExceptionName;
  /** Milliseconds that an upstream server asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  constructor(
    name: ExceptionName,
    message: string,
    options?: ErrorOptions & { retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.name = name;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

export const invalid = (message: string): BedrockException =>
  new BedrockException("ValidationException", message);
