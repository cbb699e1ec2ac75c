import { silentLog } from "@outlet/core/ports";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { createErrorHandler } from "../http/problems.ts";
import { answeredInTime } from "./answer-time.ts";

const app = new Hono();
app.onError(createErrorHandler(silentLog));
app.use(answeredInTime(20));
app.get("/hangs", () => new Promise<Response>(() => {}));
app.get("/quick", (c) => c.text("here"));
app.get("/stream", () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const bytes = (text: string) => new TextEncoder().encode(text);
  void writer.write(bytes("begun "));
  setTimeout(() => void writer.write(bytes("and ended")).then(() => writer.close()), 60);
  return new Response(readable);
});

test("a request that hangs is answered 503 in time, with what to do", async () => {
  const answer = await app.request("/hangs");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await answer.text()).toMatch(/Idempotency-Key/);
});

test("what is answered in time is left as it is", async () => {
  expect(await (await app.request("/quick")).text()).toBe("here");
});

test("a stream that has begun goes on for as long as it takes", async () => {
  expect(await (await app.request("/stream")).text()).toBe("begun and ended");
});
