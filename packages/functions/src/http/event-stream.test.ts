import { Hono } from "hono";
import { expect, test } from "vitest";
import { eventStream } from "./event-stream.ts";

const app = new Hono().get("/:how", (c) =>
  eventStream(
    c,
    async (stream) => {
      await stream.writeSSE({ event: "text", data: "so far" });
      throw new Error("arn:aws:dynamodb:us-east-1:123456789012:table/outlet");
    },
    async (_cause, stream) => {
      if (c.req.param("how") === "worse") throw new Error("secret of the handler");
      await stream.writeSSE({ event: "failed", data: "internal_error" });
    },
  ),
);

test("a stream that breaks off says what its route says of it, and nothing of the cause", async () => {
  const response = await app.request("/bad");
  expect(response.headers.get("cache-control")).toBe("private, no-store, no-transform");
  expect(await response.text()).toBe(
    ": ping\nevent: text\ndata: so far\n\nevent: failed\ndata: internal_error\n\n",
  );
});

test("a route that fails to say it leaves no more than an end", async () => {
  expect(await (await app.request("/worse")).text()).toBe(": ping\nevent: text\ndata: so far\n\n");
});

test("a comment comes at once and goes on coming while there is nothing to say", async () => {
  const answered = Promise.withResolvers<void>();
  const slow = new Hono().get("/", (c) =>
    eventStream(
      c,
      async (stream) => {
        await answered.promise;
        await stream.writeSSE({ event: "text", data: "at last" });
      },
      async () => {},
      5,
    ),
  );
  const reader = (await slow.request("/")).body?.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (said.split(": ping\n").length < 4) said += (await reader?.read())?.value ?? "";
  expect(said).toMatch(/^(: ping\n)+$/);
  answered.resolve();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
    said += next.value;
  expect(said).toMatch(/^(: ping\n)+event: text\ndata: at last\n\n(: ping\n)*$/);
});
