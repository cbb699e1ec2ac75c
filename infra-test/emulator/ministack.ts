import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { ministack } from "../tools.ts";
import type { Target } from "./cloud.ts";

export interface MiniStackOptions {
  region: string;
  account: string;
  /** The executable that `pip install ministack` makes. */
  command?: string;
}

export interface Emulator extends Target {
  logs(): string;
  stop: () => Promise<void>;
}

/** A MiniStack of its own for this run, with IAM enforced. Its functions run on the Node that runs this. */
export async function startMiniStack({
  region,
  account,
  command = ministack,
}: MiniStackOptions): Promise<Emulator> {
  const gatewayPort = String(await freePort());
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  const home = await mkdtemp(path.join(tmpdir(), "ministack-"));
  // Functions' code lies below, and finds the project's AWS SDK as it finds Lambda's own there; nothing else that isn't bundled.
  await mkdir(path.join(home, "node_modules"));
  await symlink(
    fileURLToPath(new URL("../../node_modules/@aws-sdk", import.meta.url)),
    path.join(home, "node_modules/@aws-sdk"),
  );
  // Functions inherit this environment, so it holds nothing of the developer's.
  const env = {
    PATH: [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
    HOME: home,
    TMPDIR: home,
    STATE_DIR: path.join(home, "state"),
    AUTH: "true",
    BIND_HOST: "127.0.0.1",
    MINISTACK_HOST: "127.0.0.1",
    GATEWAY_PORT: gatewayPort,
    AWS_ENDPOINT_URL: endpoint,
    MINISTACK_ACCOUNT_ID: account,
    MINISTACK_REGION: region,
    IOT_MTLS_ENABLED: "0",
    LOG_LEVEL: "INFO",
  };
  const child = spawn(command, [], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => void (output = (output + text).slice(-1_000_000)));
  const abandoned = () => void child.kill("SIGTERM");
  process.once("exit", abandoned);
  const exited = once(child, "exit");
  exited.catch((error) => void (output += String(error)));

  const stop = async () => {
    process.off("exit", abandoned);
    if (child.exitCode === null && child.signalCode === null && child.pid) {
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await exited;
      clearTimeout(patience);
    }
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(`${endpoint}/_ministack/ready`).then(
        (r) => r.ok,
        () => false,
      )
    )
      return { endpoint, region, account, logs: () => output, stop };
    if (child.exitCode !== null || !child.pid) break;
    await wait(100);
  }
  await stop();
  throw new Error(`${command} doesn't start:\n${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
