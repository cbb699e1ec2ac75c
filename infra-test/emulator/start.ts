import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Graph, Recorded } from "../sst/graph.ts";
import { rendered } from "../renders.ts";
import { type Applied, apply } from "./apply.ts";
import { type Emulator, startMiniStack } from "./ministack.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface AppOptions {
  stage: string;
  secrets?: Record<string, string>;
  /** The one that sst.config.ts names. */
  region?: string;
  account?: string;
  /** Settings of the program. */
  env?: Record<string, string>;
  /** Changes to the graph before it is applied: what stands in for services the emulator has not. */
  adapt?: (graph: Graph, emulator: Emulator) => Promise<void>;
  /** Whether to bundle the handlers first; not where a global setup has done it for several test files. */
  build?: boolean;
  /** A folder with aws-lambda-ric, to run the functions on that. */
  runtimeClient?: string | undefined;
}

export interface App extends Applied {
  graph: Graph;
  emulator: Emulator;
  /** Milliseconds that each step took. */
  times: Record<string, number>;
  /** A function's answer, by the id that SST gives it; throws what the function throws. */
  invoke(functionId: string, event: unknown): Promise<Recorded>;
  /** What a function has logged, since a time in epoch milliseconds. */
  logs(functionId: string, since?: number): Promise<string[]>;
  stop(): Promise<void>;
}

/** The whole app, as the working tree has it, in an emulator of its own. */
export async function startApp(options: AppOptions): Promise<App> {
  const {
    stage,
    secrets = {},
    region = "eu-central-1",
    account = "111122223333",
    build = true,
    runtimeClient,
    env = {},
    adapt,
  } = options;
  const times: Record<string, number> = {};
  const timed = async <T>(step: string, work: Promise<T>): Promise<T> => {
    const start = performance.now();
    return work.finally(() => (times[step] = Math.round(performance.now() - start)));
  };
  const starting = timed("start", startMiniStack({ region, account }));
  try {
    const [emulator, graph] = await Promise.all([
      starting,
      timed(
        "render",
        rendered({
          root,
          stage,
          secrets,
          region,
          account,
          env,
          mocks: "infra-test/emulator/ids.mjs",
        }),
      ),
      build && timed("build", buildFunctions(stage, secrets, env)),
    ]);
    await adapt?.(graph, emulator);
    const artifacts = path.join(root, ".sst/artifacts");
    const applied = await timed(
      "apply",
      apply(graph, { ...emulator, artifacts, ...(runtimeClient && { runtimeClient }) }),
    );
    const inputsOf = (functionId: string) =>
      graph.one("aws:lambda/function:Function", `${functionId}Function`).inputs;
    const invoke = async (functionId: string, event: unknown) => {
      const FunctionName = inputsOf(functionId).name;
      const { FunctionError, Payload } = await applied
        .client(LambdaClient)
        .send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
      const answer = JSON.parse(Payload?.transformToString() || "null");
      if (FunctionError)
        throw Object.assign(new Error(answer.errorMessage), { name: answer.errorType });
      return answer;
    };
    const logs = async (functionId: string, startTime?: number) => {
      const { name, loggingConfig } = inputsOf(functionId);
      const logGroupName = loggingConfig?.logGroup ?? `/aws/lambda/${name}`;
      const { events = [] } = await applied
        .client(CloudWatchLogsClient)
        .send(new FilterLogEventsCommand({ logGroupName, startTime }));
      return events.map(({ message = "" }) => message);
    };
    return { ...applied, graph, emulator, times, invoke, logs, stop: emulator.stop };
  } catch (error) {
    await starting.then(
      ({ stop }) => stop(),
      () => {},
    );
    throw error;
  }
}

/** Bundles the handlers as SST's own CLI does, into .sst/artifacts: one run at a time. @returns what it said. */
export async function buildFunctions(
  stage: string,
  secrets: Record<string, string>,
  env: Record<string, string>,
): Promise<string> {
  const check = path.join(root, "infra-test/sst/check.mjs");
  const given = Object.entries(secrets).flatMap(([name, value]) => [
    "--secret",
    `${name}=${value}`,
  ]);
  const args = [check, "--stage", stage, ...given];
  const options = { cwd: root, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
  return (await promisify(execFile)(process.execPath, args, options)).stdout;
}
