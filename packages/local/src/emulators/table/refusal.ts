/** What a request is refused with, by the name that DynamoDB gives it. */
export class Refusal extends Error {
  /** What its answer says besides. */
  readonly more: object;

  constructor(name: string, message: string, more: object = {}) {
    super(message);
    this.name = name;
    this.more = more;
  }
}

export const invalid = (message: string): Refusal => new Refusal("ValidationException", message);
