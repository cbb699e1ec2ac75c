import { expect } from "vitest";
import type { Answer } from "./edge.test-support.ts";

/** The options of a call with a key. */
export const key = (name: string) => ({ headers: { "x-api-key": name } });

/** An answer of the gateway's own, to the byte. */
export function expectGatewayAnswer(
  answer: Answer,
  status: number,
  body: string,
  errorType: string,
) {
  expect([answer.status, answer.text]).toEqual([status, body]);
  expect(answer.headers).toMatchObject({
    "content-type": "application/json",
    "content-length": String(body.length),
    "x-amzn-errortype": errorType,
    "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/),
    "x-amz-apigw-id": expect.stringMatching(/^[\w-]{15}=$/),
  });
}
