// Runs a bundled handler on AWS's own runtime client for Node (aws-lambda-ric), as Lambda does: the client fetches events from the
// Runtime API, which is here, and posts back what the handler returns, streams or throws.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Environment, type EnvironmentOptions } from "./environment.ts";
import { type Invocation, parseError, PendingInvocation } from "./invocation.ts";

export interface FunctionOptions extends EnvironmentOptions {
  timeoutSeconds?: number;
}

export interface LambdaFunction {
  /**
   * One event, on the process of the one before where that is alive.
   * @param onData told of each piece of the answer as it comes.
   */
  invoke(event: unknown, onData?: (data: Buffer) => void): Promise<Invocation>;
  stop(): Promise<void>;
}

const INIT_SECONDS = 10;

/** One event on a process of its own. */
export async function invoke(
  bundle: string,
  event: unknown,
  options: FunctionOptions,
): Promise<Invocation> {
  const lambda = await startFunction(bundle, options);
  try {
    return await lambda.invoke(event);
  } finally {
    await lambda.stop();
  }
}

export async function startFunction(
  bundle: string,
  options: FunctionOptions,
): Promise<LambdaFunction> {
  const { timeoutSeconds = 3, functionName = "local" } = options;
  let environment: Environment | undefined;
  let current: PendingInvocation | undefined;
  let poll: ServerResponse | undefined;

  const server = createServer((req, res) => {
    if (req.url?.endsWith("/runtime/invocation/next")) return next(res);
    accept(req).then(
      (known) => res.writeHead(known ? 202 : 400, { "content-type": "application/json" }).end("{}"),
      () => {},
    ); // the client is gone
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const runtimeApi = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  function next(res: ServerResponse): void {
    poll = res;
    environment?.ready();
    current?.idle();
    if (current && !current.sent) hand(current);
    else environment?.freeze();
  }

  function hand(invocation: PendingInvocation): void {
    poll?.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.id,
      "lambda-runtime-deadline-ms": String(Date.now() + timeoutSeconds * 1000),
      "lambda-runtime-invoked-function-arn": `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
      "lambda-runtime-trace-id": `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${invocation.id.replaceAll("-", "").slice(0, 24)};Sampled=0`,
    });
    poll?.end(invocation.hand());
    poll = undefined;
  }

  async function accept(req: IncomingMessage): Promise<boolean> {
    const [, id, kind] =
      /\/runtime\/(?:invocation\/)?([^/]+)\/(response|error)$/.exec(req.url ?? "") ?? [];
    if (!current || (id !== "init" && id !== current.id)) return false;
    const invocation = current;
    if (kind === "response") await invocation.respond(req);
    else invocation.fail(parseError(await text(req)));
    return true;
  }

  async function run(invocation: PendingInvocation, on: Environment): Promise<void> {
    const exit = on.exited.then((how) =>
      invocation.fail({
        errorType: "Runtime.ExitError",
        errorMessage: `Runtime exited with ${how}`,
      }),
    );
    if (!(await within(INIT_SECONDS, Promise.race([on.initialised, invocation.settled, exit]))))
      return invocation.fail({
        errorType: "Sandbox.Timedout",
        errorMessage: `Init timed out after ${INIT_SECONDS} seconds`,
      });
    if (invocation.error) return;
    on.thaw();
    if (!invocation.sent) hand(invocation);
    if (!(await within(timeoutSeconds, Promise.race([invocation.finished, exit]))))
      invocation.fail({
        errorType: "Sandbox.Timedout",
        errorMessage: `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      });
  }

  return {
    async invoke(event, onData) {
      if (current) throw new Error("A process works on one event at a time");
      const invocation = (current = new PendingInvocation(event, onData));
      try {
        if (!environment?.alive) environment = new Environment(bundle, runtimeApi, options);
        await run(invocation, environment);
        const { errorType = "" } = invocation.error ?? {};
        if (errorType === "Sandbox.Timedout" || !environment.alive) await environment.kill();
        return invocation.result(environment.takeLogs());
      } finally {
        current = undefined;
      }
    },
    async stop() {
      await environment?.kill();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Whether `work` ends in time. */
async function within(seconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => (timer = setTimeout(done, seconds * 1000, false)));
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
