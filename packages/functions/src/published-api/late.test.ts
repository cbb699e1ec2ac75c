import { Hono } from "hono";
import { expect, test } from "vitest";
import type { PublishedApiDeps } from "./deps.ts";
import type { PublishedEnv } from "./identity.ts";
import { createPublishedApi } from "./app.ts";
import { late } from "./late.ts";
import { mcpRoutes } from "./mcp/routes.ts";
import { openaiRoutes } from "./openai/routes.ts";

const named = (app: Hono<PublishedEnv>, base = "") =>
  app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${base}${path}`);

function things(): Hono<PublishedEnv> {
  return new Hono<PublishedEnv>()
    .get("/things/:id", (c) => c.json({ id: c.req.param("id"), requestId: c.get("requestId") }))
    .post("/things/:id", () => {
      throw new Error("out of order");
    });
}

test("a face is loaded by its first request, once, and answers with what came before it", async () => {
  let loaded = 0;
  const app = new Hono<PublishedEnv>();
  app.use(async (c, next) => {
    c.set("requestId", "r1");
    await next();
  });
  app.get("/health", (c) => c.text("ok"));
  const load = async () => {
    loaded += 1;
    return things();
  };
  app.route("/v1", late(["GET /things/:id", "POST /things/:id"], load));
  app.onError((error, c) => c.text(error.message, 500));

  await app.request("/health");
  expect((await app.request("/v1/things")).status).toBe(404);
  expect(loaded).toBe(0);
  const both = await Promise.all([app.request("/v1/things/a"), app.request("/v1/things/b")]);
  expect(await Promise.all(both.map((res) => res.json()))).toEqual([
    { id: "a", requestId: "r1" },
    { id: "b", requestId: "r1" },
  ]);
  const failed = await app.request("/v1/things/a", { method: "POST" });
  expect(await failed.text()).toBe("out of order");
  expect(loaded).toBe(1);
});

test("a route that is announced and does not exist is an error of ours", async () => {
  const app = late(["GET /others"], async () => things());
  app.onError((error, c) => c.text(error.message, 500));
  const res = await app.request("/others");
  expect(await res.text()).toBe("GET /others is announced, and nothing answers it.");
});

test("the routes announced of the OpenAI and MCP faces are those they have", () => {
  // Routes are only listed.
  const deps = { policy: {} } as PublishedApiDeps;
  const announced = named(createPublishedApi(deps));
  const faces = [...named(mcpRoutes(deps)), ...named(openaiRoutes(deps), "/v1")];
  expect(announced).toEqual(expect.arrayContaining(faces));
  const ofFaces = announced.filter((route) => /\/(v1|mcp)(\/|$)/.test(route));
  expect(ofFaces.filter((route) => route !== "GET /v1/key").toSorted()).toEqual(faces.toSorted());
});
