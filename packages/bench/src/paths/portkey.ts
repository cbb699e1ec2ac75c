import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { once as installed, toolsDir } from "@outlet/conformance/install";
import { run } from "@outlet/conformance/command";
import { chat, end, key, type Path } from "./path.ts";

/** https://github.com/Portkey-AI/gateway, under the MIT licence: a gateway to models, on Hono too. */
const portkeyVersion = "1.15.2";

const directory = join(toolsDir, "portkey");

/** Brings it to `.tools/` unless it is there: only who measures has it. */
export async function installPortkey(): Promise<void> {
  const name = `@portkey-ai/gateway@${portkeyVersion}`;
  await installed(directory, name, () =>
    run("npm", [
      "install",
      `--prefix=${directory}`,
      ...["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"],
      name,
    ]),
  );
}

/**
 * Portkey's gateway as its `npx` starts it. It asks nobody whether a key is known: it hands it on.
 * @param upstream the base of a server that speaks chat completions.
 */
export async function startPortkey(upstream: string): Promise<Path> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      // It listens on every address otherwise.
      ...["--import", fileURLToPath(new URL("loopback.mjs", import.meta.url))],
      join(directory, "node_modules/@portkey-ai/gateway/build/start-server.js"),
      `--port=${port}`,
      "--headless",
    ],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, NODE_ENV: "production" } },
  );
  const origin = `http://127.0.0.1:${port}`;
  await answering(origin, child);
  const headers = { "content-type": "application/json" };
  return {
    accept: { url: origin, headers, body: "", expect: 200 },
    health: { url: origin, headers },
    chat: chat(`${origin}/v1`, {
      ...headers,
      authorization: `Bearer ${key}`,
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": upstream,
    }),
    pids: { main: child.pid ?? 0 },
    stop: () => end(child),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(origin: string, child: ReturnType<typeof spawn>): Promise<void> {
  for (let tries = 0; tries < 1_200 && child.exitCode === null; tries++) {
    const answer = await fetch(origin).catch(() => undefined);
    if (answer) return void (await answer.text());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error("Portkey's gateway did not start.");
}
