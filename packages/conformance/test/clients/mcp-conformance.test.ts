import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inapplicable } from "./mcp-inapplicable.ts";
import { startWorld, type World } from "../../src/clients/world.ts";

let world: World;
let proxy: Awaited<ReturnType<typeof startProxy>>;
beforeAll(async () => {
  proxy = await startProxy();
  world = await startWorld({ allowedOrigins: [proxy.origin], throttle: null });
  proxy.open(world.bot.endpoint, world.bot.apiKey);
});
afterAll(async () => {
  await proxy.stop();
  await world.stop();
});

/** The suite sends no key of its own; this adds it and hands on all else, `Host` and `Origin` too. */
async function startProxy() {
  let target = new URL("http://localhost");
  let apiKey = "";
  const server = createServer((req, res) => {
    const headers = { ...req.headers, "x-api-key": apiKey };
    const { hostname, port, pathname } = target;
    const path = `${pathname}/mcp`;
    const onward = request({ hostname, port, path, method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on("error", (error) => res.destroy(error));
    req.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    open(endpoint: string, key: string) {
      target = new URL(endpoint);
      apiKey = key;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const cli = fileURLToPath(
  new URL(
    "../../../../node_modules/@modelcontextprotocol/conformance/dist/index.js",
    import.meta.url,
  ),
);

interface Outcome {
  code: number | null;
  output: string;
}

async function judge(revision: string, baseline: string): Promise<Outcome> {
  const dir = await mkdtemp(join(tmpdir(), "outlet-mcp-"));
  const expected = join(dir, "expected.yaml");
  await writeFile(expected, baseline);
  const args = [cli, "server", "--url", `${proxy.origin}/mcp`, "--requirements", revision];
  const child = spawn(process.execPath, [...args, "--expected-failures", expected, "-o", dir], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, "exit");
  await rm(dir, { recursive: true, force: true });
  return { code: typeof code === "number" ? code : null, output };
}

test.each(Object.entries(inapplicable))(
  "the suite of revision %s finds nothing wrong but what needs more than one tool",
  async (revision, reasons) => {
    const expected = Object.values(reasons).flat();
    const baseline = `server:\n${expected.map((name) => `  - "${name}"\n`).join("")}`;
    const { code, output } = await judge(revision, baseline);
    expect(code, output).toBe(0);
  },
);
