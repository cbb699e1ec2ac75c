import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

export interface EnvironmentOptions {
  /** A folder with aws-lambda-ric in its node_modules. */
  runtimeClient: string;
  /** The export that is the handler. */
  handler?: string;
  env?: Record<string, string>;
  memoryMegabytes?: number;
  logFormat?: "Text" | "JSON";
  functionName?: string;
}

/** The runtime client's process: frozen, as Lambda freezes it, while there is nothing to do. */
export class Environment {
  readonly #child: ChildProcess;
  readonly #ready = Promise.withResolvers<void>();
  /** The client has loaded the handler and asks for work. */
  readonly initialised = this.#ready.promise;
  readonly exited: Promise<string>;
  #logs: string[] = [];

  constructor(bundle: string, runtimeApi: string, options: EnvironmentOptions) {
    const {
      runtimeClient,
      handler = "handler",
      env,
      memoryMegabytes = 1024,
      logFormat = "Text",
      functionName = "local",
    } = options;
    const root = path.dirname(path.resolve(bundle));
    const entry = `${path.basename(bundle).replace(/\.[cm]?js$/, "")}.${handler}`;
    this.#child = spawn(
      process.execPath,
      [path.resolve(runtimeClient, "node_modules/aws-lambda-ric/index.mjs"), entry],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: process.env["PATH"],
          TZ: ":UTC",
          LANG: "en_US.UTF-8",
          AWS_REGION: "us-east-1",
          AWS_DEFAULT_REGION: "us-east-1",
          ...env,
          AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split(".")[0]}.x`,
          AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
          AWS_LAMBDA_RUNTIME_API: runtimeApi,
          LAMBDA_TASK_ROOT: root,
          _HANDLER: entry,
          AWS_LAMBDA_FUNCTION_NAME: functionName,
          AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
          AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
          AWS_LAMBDA_LOG_STREAM_NAME: "local",
          AWS_LAMBDA_LOG_FORMAT: logFormat.toUpperCase(),
        },
      },
    );
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface(stream).on("line", (line) => this.#logs.push(line));
    this.exited = once(this.#child, "close").then(
      ([code, signal]) => signal ?? `exit status ${code}`,
    );
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  ready(): void {
    this.#ready.resolve();
  }

  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.exited;
  }

  /** The lines since the last call. */
  takeLogs(): string[] {
    return this.#logs.splice(0);
  }
}
