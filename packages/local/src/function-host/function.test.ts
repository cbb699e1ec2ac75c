import "./globals.ts";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { streamHandle } from "hono/aws-lambda";
import { streamSSE } from "hono/streaming";
import { describe, expect, it } from "vitest";
import { createLambdaFunction, type LambdaContext, type LambdaHandler } from "./function.ts";

const arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
const make = (handler: LambdaHandler, timeoutMs = 5_000) =>
  createLambdaFunction({ name: "f", arn, handler, timeoutMs });
const streaming = (
  handler: (
    event: unknown,
    stream: awslambda.HttpResponseStream,
    context: LambdaContext,
  ) => Promise<void>,
) => make(awslambda.streamifyResponse(handler));
const withMetadata = (stream: awslambda.HttpResponseStream, metadata: Record<string, unknown>) =>
  awslambda.HttpResponseStream.from(stream, metadata);

const proxyEvent = (path: string) => ({
  path,
  httpMethod: "GET",
  headers: {},
  multiValueHeaders: {},
  requestContext: { domainName: "localhost" },
});

describe("a function", () => {
  it("is told what it is and how long it may run", async () => {
    const f = make(async (event: object, context: LambdaContext) => ({
      event,
      context,
      left: context.getRemainingTimeInMillis(),
    }));
    const answer = await f.invoke({ a: 1 });
    expect(answer).toMatchObject({
      event: { a: 1 },
      context: { functionName: "f", invokedFunctionArn: arn, awsRequestId: expect.any(String) },
      left: expect.closeTo(5_000, -2),
    });
  });

  it("has its answer carried as JSON", async () => {
    expect(await make(async () => ({ at: new Date(0), gone: undefined })).invoke({})).toEqual({
      at: "1970-01-01T00:00:00.000Z",
    });
    expect(await make(async () => undefined).invoke({})).toBeNull();
  });

  it("fails with its own error", async () => {
    const f = make(async () => {
      throw new RangeError("broken");
    });
    await expect(f.invoke({})).rejects.toThrow(RangeError);
  });

  it("is given up on after its timeout", async () => {
    await expect(make(() => new Promise(() => {}), 20).invoke({})).rejects.toThrow(
      "f timed out after 0.02 seconds",
    );
  });
});

describe("a streaming function", () => {
  it("says status and headers before its body ends", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const f = streaming(async (_, raw) => {
      const stream = withMetadata(raw, { statusCode: 201, headers: { a: "b" } });
      stream.write("first ");
      await promise;
      stream.end("last");
    });
    const { metadata, body } = await f.invokeStreaming({});
    expect(metadata).toEqual({ statusCode: 201, headers: { a: "b" } });
    resolve();
    expect(await text(body)).toBe("first last");
  });

  it("waits for a slow reader", async () => {
    let written = 0;
    const f = streaming(async (_, raw) => {
      const stream = withMetadata(raw, { statusCode: 200 });
      for (; written < 64; written++) {
        if (!stream.write(Buffer.alloc(65_536))) await once(stream, "drain");
      }
      stream.end();
    });
    const { body } = await f.invokeStreaming({});
    await sleep(20);
    expect(written).toBeLessThan(8);
    expect((await text(body)).length).toBe(64 * 65_536);
  });

  it.each<[string, string, (stream: awslambda.HttpResponseStream) => void]>([
    [
      "throws before the metadata",
      "broken",
      () => {
        throw new Error("broken");
      },
    ],
    [
      "ends without metadata",
      "without HTTP metadata",
      (stream) => stream.end("Internal Server Error"),
    ],
    [
      "never writes after naming metadata",
      "without HTTP metadata",
      (stream) => withMetadata(stream, { statusCode: 200 }).end(),
    ],
    ["names no status", "no status code", (stream) => withMetadata(stream, {}).end("x")],
  ])("that %s has no answer", async (_, message, run) => {
    await expect(
      streaming(async (_event, stream) => run(stream)).invokeStreaming({}),
    ).rejects.toThrow(message);
  });

  it("that breaks off in its body fails the reader", async () => {
    const f = streaming(async (_, raw) => {
      withMetadata(raw, { statusCode: 200 }).write("half");
      await sleep(5);
      throw new Error("broken");
    });
    const { body } = await f.invokeStreaming({});
    await expect(text(body)).rejects.toThrow("broken");
  });

  it("that never ends is given up on", async () => {
    const handler = awslambda.streamifyResponse(() => new Promise(() => {}));
    await expect(make(handler, 20).invokeStreaming({})).rejects.toThrow("timed out");
  });

  it("may be a Hono application", async () => {
    const app = new Hono()
      .get("/json", (c) => c.json({ ok: true }, 202, { "x-a": "1" }))
      .get("/none", (c) => c.body(null, 204))
      .get("/events", (c) =>
        // The host is under test, not what a route says of failures.
        // oxlint-disable-next-line outlet/streams
        streamSSE(c, async (stream) => {
          await stream.writeSSE({ data: "1" });
          await stream.writeSSE({ data: "2" });
        }),
      );
    const f = make(streamHandle(app));
    const json = await f.invokeStreaming(proxyEvent("/json"));
    expect(json.metadata).toMatchObject({ statusCode: 202, headers: { "x-a": "1" } });
    expect(await text(json.body)).toBe('{"ok":true}');
    const none = await f.invokeStreaming(proxyEvent("/none"));
    expect(none.metadata.statusCode).toBe(204);
    expect(await text(none.body)).toBe("");
    const events = await f.invokeStreaming(proxyEvent("/events"));
    expect(await text(events.body)).toBe("data: 1\n\ndata: 2\n\n");
  });
});
