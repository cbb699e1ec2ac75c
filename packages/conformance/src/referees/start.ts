import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { end, start } from "./command.ts";
import type { Tools } from "./install.ts";

/** Base URLs of independent emulators of AWS. */
export interface Referees {
  ministack: string;
  moto: string;
  elasticmq: string;
}

export interface RunningReferees {
  endpoints: Referees;
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;

/** Starts all referees, on loopback, each on a port of its own. */
export async function startReferees(tools: Tools): Promise<RunningReferees> {
  const scratch = mkdtempSync(join(tmpdir(), "outlet-referees-"));
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(end));
    rmSync(scratch, { recursive: true, force: true });
  };
  const launch = async (command: string, args: (port: number) => string[], env?: Environment) => {
    const port = await freePort();
    const child = start(command, args(port), env?.(port));
    children.push(child);
    await untilReady(child, command, port);
    return `http://127.0.0.1:${port}`;
  };
  try {
    const [ministack, moto, elasticmq] = await Promise.all([
      // Lambda functions there run on the first node of the path: ours.
      launch(
        tools.ministack,
        () => [],
        (port) => ({
          BIND_HOST: "127.0.0.1",
          GATEWAY_PORT: String(port),
          IOT_MTLS_ENABLED: "0",
          PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
        }),
      ),
      launch(tools.moto, (port) => ["-H", "127.0.0.1", "-p", String(port)]),
      launch("java", (port) => elasticmqArguments(tools, scratch, port)),
    ]);
    return { endpoints: { ministack, moto, elasticmq }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Environment = (port: number) => NodeJS.ProcessEnv;

function elasticmqArguments(tools: Tools, scratch: string, port: number): string[] {
  const config = join(scratch, "elasticmq.conf");
  writeFileSync(
    config,
    `include classpath("application.conf")
node-address { protocol = http, host = 127.0.0.1, port = ${port}, context-path = "" }
rest-sqs { enabled = true, bind-port = ${port}, bind-hostname = "127.0.0.1", sqs-limits = strict }
rest-stats { enabled = false }
aws { region = us-east-1, accountId = 000000000000 }
`,
  );
  return [`-Dconfig.file=${config}`, "-cp", tools.elasticmq, "org.elasticmq.server.Main"];
}

export async function untilReady(
  child: ChildProcess,
  command: string,
  port: number,
): Promise<void> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text: Buffer) => {
      output = (output + text.toString()).slice(-4_000);
    });
  }
  const failures: string[] = [];
  child.once("error", (error) => failures.push(error.message));
  child.once("exit", (code, signal) => failures.push(`it ended with ${signal ?? code}`));
  const giveUpAt = Date.now() + readyWithinMs;
  while (failures.length === 0 && Date.now() < giveUpAt) {
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${command} did not start: ${failures[0] ?? "it does not answer"}\n${output}`);
}

/** Any answer will do: there is no health check that all of them have. */
async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
    return true;
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("No port to be had"));
        else resolve(address.port);
      });
    });
  });
}
