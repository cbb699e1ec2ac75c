/** What went wrong, in terms that a person can act on. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: { path: string; message: string }[];
  constructor(input: {
    message: string;
    status: number;
    code: string;
    requestId: string | null;
    fields?: { path: string; message: string }[];
  }) {
    super(input.message);
    this.status = input.status;
    this.code = input.code;
    this.requestId = input.requestId;
    this.fields = input.fields ?? [];
  }
}

/** Whether it is not there, or not for this person to see: the API does not tell which. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ApiError && error.status === 404;
