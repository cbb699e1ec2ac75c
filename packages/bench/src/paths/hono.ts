import { serveInChild } from "./child.ts";
import { chat, key, openRoutes, type Path } from "./path.ts";

/** Hono by itself, with no store: see `hono.child.ts`. @param upstream what its proxy calls. */
export async function startHono(upstream = ""): Promise<Path> {
  const { child, origin, stop } = await serveInChild("hono.child.ts", upstream);
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  return {
    ...openRoutes(origin),
    chat: chat(`${origin}/v1`, headers),
    pids: { main: child.pid ?? 0 },
    stop,
  };
}
