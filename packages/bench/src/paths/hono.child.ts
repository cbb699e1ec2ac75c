/**
 * Hono by itself: what a framework costs without a store, and a proxy with a key as one would write
 * it first: `hono.child.ts [BASE]`. Reports its port over its channel.
 */
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { key } from "./path.ts";

const upstream = process.argv[2];
const digest = (text: string) => createHash("sha256").update(text).digest();
const known = digest(`Bearer ${key}`);

const app = new Hono();
app.get("/health", (c) => c.json({ status: "ok" }));
app.post("/conversation", async (c) => {
  await c.req.json();
  return c.json({ conversationId: randomUUID(), messageId: randomUUID() });
});
app.post("/v1/chat/completions", async (c) => {
  if (!timingSafeEqual(digest(c.req.header("authorization") ?? ""), known)) {
    return c.json({ error: { message: "unknown key" } }, 401);
  }
  const body = JSON.stringify(await c.req.json());
  const headers = { "content-type": "application/json", authorization: "Bearer upstream" };
  const answer = await fetch(`${upstream}/chat/completions`, { method: "POST", headers, body });
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
});

const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
  process.send?.(port),
);
process.on("SIGTERM", () => {
  server.close();
  process.exit(0);
});
