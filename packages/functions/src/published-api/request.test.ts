import type { APIGatewayProxyEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { toRequest } from "./request.ts";

/** Of an event these members are looked at. */
const made = (over: Partial<APIGatewayProxyEvent>) =>
  toRequest({
    path: "/conversation",
    httpMethod: "GET",
    headers: {},
    body: null,
    isBase64Encoded: false,
    requestContext: { domainName: "api.example" },
    ...over,
  } as APIGatewayProxyEvent);

describe("the request of an event", () => {
  test("keeps each value of a header, and escapes what is no ASCII", () => {
    const { headers } = made({
      headers: { "X-One": "last", "X-Alone": "a", "X-Word": "né" },
      multiValueHeaders: { "X-One": ["first", "last"] },
    });
    expect([...headers]).toEqual([
      ["x-alone", "a"],
      ["x-one", "first, last"],
      ["x-word", "n%C3%A9"],
    ]);
  });

  test.each([
    [{ multiValueQueryStringParameters: { "a b": ["1", "2&3"] } }, "?a%20b=1&a%20b=2%263"],
    [{ queryStringParameters: { wait: "3", none: undefined } }, "?wait=3&none="],
    [{}, ""],
  ])("has the query of %j", (event, query) => {
    expect(made(event).url).toBe(`https://api.example/conversation${query}`);
  });

  test.each([
    ["text", { body: "né", isBase64Encoded: false }],
    ["base64", { body: "bsOp", isBase64Encoded: true }],
  ])("has its body as it was sent, told as %s", async (_, body) => {
    const request = made({ ...body, httpMethod: "POST" });
    expect(request.headers.get("content-length")).toBe("3");
    expect(Buffer.from(await request.arrayBuffer()).toString("utf8")).toBe("né");
  });

  test("of a method that no request may have is none", () => {
    expect(() => made({ httpMethod: "TRACE" })).toThrow(TypeError);
  });
});
