import { serveInChild } from "./child.ts";
import { type Path, question } from "./path.ts";

/** The path that everything else is compared with: see `naive.child.ts`. */
export async function startNaive(): Promise<Path> {
  const { child, origin, stop } = await serveInChild("naive.child.ts");
  const headers = { "content-type": "application/json" };
  return {
    accept: {
      url: `${origin}/conversation`,
      headers,
      body: question("What is this?"),
      expect: 200,
    },
    health: { url: `${origin}/health`, headers },
    pids: { main: child.pid ?? 0 },
    stop,
  };
}
