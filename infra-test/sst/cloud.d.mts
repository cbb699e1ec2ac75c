interface Answers {
  region: string;
  account: string;
  resources?: object;
  invokes?: object;
}
export function cloud(answers: Answers): {
  invoke(token: string, inputs: unknown): unknown;
  resource(
    type: string,
    name: string,
    inputs: unknown,
    id?: string,
  ): { id: string; outputs: object; computed: object };
};
