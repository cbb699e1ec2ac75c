import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { typedPath } from "../runtime/data-folder.ts";
import { findRunning } from "../runtime/running.ts";
import { SignInError, signIn } from "../sign-in/sign-in.ts";

const usage = `Prints an access token for the control API of a running Outlet.

  npm run token -- [--data DIR] [--user NAME]

  --data DIR    data folder of the running Outlet (OUTLET_DATA, else found by itself)
  --user NAME   demo user to sign in as: owner, user or admin (owner)
  --help        this text
`;

/** The part of `ready.json` that signing in and asking need. */
const Ready = v.object({
  issuer: v.pipe(v.string(), v.url()),
  controlApiUrl: v.optional(v.pipe(v.string(), v.url())),
  users: v.array(v.object({ name: v.string(), password: v.string() })),
});

/** Said to the user as it is: what went wrong and what to do about it. */
export class UsageError extends Error {}

export interface Console {
  out(text: string): void;
  error(text: string): void;
  env: Record<string, string | undefined>;
}

/** @returns the exit code. */
export async function main(args: string[], io: Console): Promise<number> {
  try {
    const { data, user, help } = readArguments(args, io.env);
    if (help) {
      io.out(usage);
      return 0;
    }
    io.out(`${await fetchToken(data ?? findOutlet(io.env), user)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.error(`${error.message}\n`);
    return 1;
  }
}

function readArguments(args: string[], env: Console["env"]) {
  try {
    const { values } = parseArgs({
      args,
      strict: true,
      options: {
        data: { type: "string" },
        user: { type: "string", default: "owner" },
        help: { type: "boolean", default: false },
      },
    });
    const given = values.data || env["OUTLET_DATA"];
    return { ...values, data: given ? typedPath(given, env) : undefined };
  } catch (error) {
    // parseArgs throws nothing but what the caller typed wrongly.
    throw new UsageError(`${messageOf(error)}\n\n${usage}`);
  }
}

/** @throws UsageError where several run. */
function findOutlet(env: Console["env"]): string {
  try {
    return findRunning(env) ?? resolve(".outlet");
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

export async function fetchToken(dataDir: string, name: string): Promise<string> {
  const { issuer, users } = await readReady(dataDir);
  const user = users.find((candidate) => candidate.name === name);
  if (!user) {
    const names = users.map((candidate) => candidate.name).join(", ");
    throw new UsageError(`There is no user “${name}”. Take one of: ${names}.`);
  }
  try {
    const { accessToken } = await signIn({ issuer, user: name, password: user.password });
    return accessToken;
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    throw new UsageError(`${error.message}\n${nextStep(error, dataDir)}`);
  }
}

export async function readReady(dataDir: string): Promise<v.InferOutput<typeof Ready>> {
  const path = join(dataDir, "ready.json");
  const start = `Start Outlet with: npm start -- --data ${dataDir}`;
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`No running Outlet found: ${messageOf(error)}\n${start}`);
  }
  const ready = v.safeParse(v.pipe(v.string(), v.parseJson(), Ready), text);
  if (ready.success) return ready.output;
  throw new UsageError(`${path} is not what Outlet writes when it is ready.\n${start}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nextStep(error: SignInError, dataDir: string): string {
  const start = `npm start -- --data ${dataDir}`;
  return {
    unreachable: `Is Outlet running? Start it with: ${start}`,
    refused: `ready.json may be of an earlier run. Restart Outlet with: ${start}`,
    protocol: `Restart Outlet with: ${start}`,
  }[error.code];
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    env: process.env,
  });
}
