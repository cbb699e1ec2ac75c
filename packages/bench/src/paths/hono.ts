import { serveInChild } from "./child.ts";
import { chat, key, type Path, question } from "./path.ts";

/** Hono by itself, with no store: see `hono.child.ts`. @param upstream what its proxy calls. */
export async function startHono(upstream = ""): Promise<Path> {
  const { child, origin, stop } = await serveInChild("hono.child.ts", upstream);
  const headers = { "content-type": "application/json" };
  return {
    accept: {
      url: `${origin}/conversation`,
      headers,
      body: question("What is this?"),
      expect: 200,
    },
    health: { url: `${origin}/health`, headers },
    chat: chat(`${origin}/v1`, { ...headers, authorization: `Bearer ${key}` }),
    pids: { main: child.pid ?? 0 },
    stop,
  };
}
