import { randomUUID } from "node:crypto";
import type { Context } from "aws-lambda";
import { isStreamingHandler } from "./globals.ts";
import { type HttpStream, readHttpStream, ResponseStream } from "./response-stream.ts";

export type { HttpMetadata, HttpStream, ResponseBody } from "./response-stream.ts";

/** Lambda's context without the callbacks of Node 0.10. */
export type LambdaContext = Omit<Context, "done" | "fail" | "succeed">;

/** `(event, context)`, or what `awslambda.streamifyResponse` returned. */
export type LambdaHandler = (event: never, ...rest: never[]) => unknown;

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /** Invokes and waits for the answer, as it looks after its way through JSON. */
  invoke(event: unknown): Promise<unknown>;
  /** Invokes a streaming handler; resolves once it has said status and headers. */
  invokeStreaming(event: unknown): Promise<HttpStream>;
}

export interface LambdaFunctionOptions {
  name: string;
  arn: string;
  handler: LambdaHandler;
  timeoutMs: number;
}

/** The function ran longer than it may. Unlike on AWS its code runs on; nobody hears it any more. */
class LambdaTimeout extends Error {
  override name = "Sandbox.Timedout";
}

/**
 * Runs a Lambda handler in this process, given the events AWS would give it.
 *
 * @example
 * const worker = createLambdaFunction({ name: "worker", arn, handler, timeoutMs: 900_000 });
 * const { batchItemFailures } = await worker.invoke({ Records });
 */
export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { name, arn, timeoutMs } = options;
  // The border to handlers of any event type: what they are given is what AWS gives them.
  const handler = options.handler as (...parameters: unknown[]) => unknown;
  const streaming = isStreamingHandler(options.handler);

  return {
    name,
    arn,
    async invoke(event) {
      if (streaming) throw new TypeError(`${name} streams its response; use invokeStreaming`);
      const result = await withTimeout(options, async () => handler(event, createContext(options)));
      return JSON.parse(JSON.stringify(result ?? null));
    },
    async invokeStreaming(event) {
      if (!streaming) throw new TypeError(`${name} does not stream its response; use invoke`);
      const stream = new ResponseStream();
      const timer = setTimeout(() => stream.destroy(timedOut(name, timeoutMs)), timeoutMs);
      stream.once("close", () => clearTimeout(timer));
      // The failure reaches the reader through the stream.
      Promise.resolve()
        .then(() => handler(event, stream, createContext(options)))
        .catch((error: unknown) => stream.destroy(toError(error)));
      return readHttpStream(stream);
    },
  };
}

function createContext({ name, arn, timeoutMs }: LambdaFunctionOptions): LambdaContext {
  const deadline = Date.now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: "$LATEST",
    invokedFunctionArn: arn,
    memoryLimitInMB: "1024",
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: "embedded",
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function withTimeout<T>(
  { name, timeoutMs }: LambdaFunctionOptions,
  run: () => Promise<T>,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(timedOut(name, timeoutMs)), timeoutMs);
  try {
    return await Promise.race([run(), promise]);
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(name: string, timeoutMs: number): LambdaTimeout {
  return new LambdaTimeout(`${name} timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
}

function toError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
