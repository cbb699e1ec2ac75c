import { Hono } from "hono";
import type { PublishedEnv } from "./identity.ts";

/**
 * Routes that are known at once, with handlers that are loaded with the first request for one of
 * them.
 * @param routes as `METHOD /path`; exactly those that are loaded.
 * @example late(["POST /mcp"], async () => (await import("./faces.ts")).mcpRoutes(deps))
 */
export function late(
  routes: readonly string[],
  load: () => Promise<Hono<PublishedEnv>>,
): Hono<PublishedEnv> {
  const app = new Hono<PublishedEnv>();
  let loading: Promise<Hono<PublishedEnv>> | undefined;
  for (const route of routes) {
    const [method = "", path = ""] = route.split(" ");
    app.on(method, path, async (c, next) => {
      loading ??= load();
      const loaded = (await loading).routes;
      const found = loaded.find((one) => one.method === method && one.path === path);
      if (!found) throw new Error(`${route} is announced, and nothing answers it.`);
      return found.handler(c, next);
    });
  }
  return app;
}
