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
  expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
  expect(await response.text()).toBe(
    "event: text\ndata: so far\n\nevent: failed\ndata: internal_error\n\n",
  );
});

test("a route that fails to say it leaves no more than an end", async () => {
  expect(await (await app.request("/worse")).text()).toBe("event: text\ndata: so far\n\n");
});
