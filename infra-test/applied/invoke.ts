import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { App } from "../emulator/start.ts";

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
  body: Record<string, unknown> | null;
}

/** A streaming function's answer, read to its end: a head in JSON, eight NUL bytes, the body. */
export async function invokeHttp(app: App, id: string, event: unknown): Promise<HttpAnswer> {
  const { name } = app.graph.functionById(id).lambda;
  const { Payload, FunctionError } = await app
    .client(LambdaClient)
    .send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }));
  const answer: unknown = JSON.parse(Payload?.transformToString() || "null");
  if (FunctionError || typeof answer !== "string")
    throw new Error(`${name} answered ${JSON.stringify(answer)}`);
  const [head = "", text = ""] = answer.split("\0\0\0\0\0\0\0\0");
  const { statusCode, headers } = JSON.parse(head);
  const isJson = /^[{[]/.test(text);
  return { status: statusCode, headers, text, body: isJson ? JSON.parse(text) : null };
}
