/** Errors of S3 Vectors (https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_PutVectors.html). */
export const statusOf = {
  ValidationException: 400,
  AccessDeniedException: 403,
  NotFoundException: 404,
  UnknownOperationException: 404,
  ConflictException: 409,
  InternalServerException: 500,
} as const;

/** What a request is refused with, by the name that S3 Vectors gives it. */
export class Refusal extends Error {
  override readonly name: keyof typeof statusOf;
  /** Of a request that is not valid: where, and what is wrong there. */
  readonly fieldList: { path: string; message: string }[];

  constructor(name: keyof typeof statusOf, message: string, fieldList: Refusal["fieldList"] = []) {
    super(message);
    this.name = name;
    this.fieldList = fieldList;
  }
}

export const invalid = (path: string, message: string): Refusal =>
  new Refusal("ValidationException", "Invalid request.", [{ path, message }]);
