import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { end, type Path, question } from "./path.ts";

/** The path that everything else is compared with: see `naive.child.ts`. */
export async function startNaive(): Promise<Path> {
  const child = fork(fileURLToPath(new URL("naive.child.ts", import.meta.url)));
  const [port] = (await once(child, "message")) as [number];
  const headers = { "content-type": "application/json" };
  const origin = `http://127.0.0.1:${port}`;
  return {
    accept: {
      url: `${origin}/conversation`,
      headers,
      body: question("What is this?"),
      expect: 200,
    },
    health: { url: `${origin}/health`, headers },
    pids: { main: child.pid ?? 0 },
    stop: () => end(child),
  };
}
