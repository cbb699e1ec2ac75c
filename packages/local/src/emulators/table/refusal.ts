/** What a request is refused with, by the name that DynamoDB gives it. */
export class Refusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export const invalid = (message: string): Refusal => new Refusal("ValidationException", message);
