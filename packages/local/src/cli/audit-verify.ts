import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Audit } from "@outlet/core/records/audit";
import * as v from "valibot";
import { typedPath } from "../runtime/data-folder.ts";
import { type Console, fetchToken, readReady, UsageError } from "./token.ts";

const usage = `Follows the audit log's chains, and says whether the log is as it was written.

  npm run audit:verify -- [--data DIR | --file FILE] [options]

  --data DIR      data folder of a running Outlet (OUTLET_DATA, else .outlet): its log is fetched as
                  the administrator, and compared by it with its chains
  --file FILE     an export instead, as JSON lines; no Outlet is asked
  --against FILE  an older export: every record of it has to be there still, as it was
  --out FILE      where to keep what was fetched
  --from DAY --to DAY   such as 2026-11-27; the last 31 days where absent
  --help          this text

Exits with 1 where anything is wrong.
`;

/** @returns the exit code. */
export async function main(args: string[], io: Console): Promise<number> {
  try {
    const { values } = parse(args);
    if (values.help) {
      io.out(usage);
      return 0;
    }
    const lines = values.file ? readLines(resolve(values.file)) : await fetched(values, io);
    return (await judge(lines, values.against, io)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.error(`${error.message}\n`);
    return 2;
  }
}

function parse(args: string[]) {
  const text = { type: "string" as const };
  const options = { data: text, file: text, against: text, out: text, from: text, to: text };
  try {
    return parseArgs({ args, strict: true, options: { ...options, help: { type: "boolean" } } });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

type Values = ReturnType<typeof parse>["values"];
const Verified = v.object({
  isWhole: v.boolean(),
  entries: v.number(),
  faultCount: v.number(),
  faults: v.array(v.looseObject({ kind: v.string() })),
});

/** The chains of a running Outlet, once it has compared its log with them. */
async function fetched(values: Values, io: Console): Promise<AsyncIterable<string>> {
  const given = values.data || io.env["OUTLET_DATA"];
  const dataDir = given ? typedPath(given, io.env) : resolve(".outlet");
  const token = await fetchToken(dataDir, "admin");
  const { controlApiUrl } = await readReady(dataDir);
  if (!controlApiUrl) throw new UsageError("ready.json names no control API: restart Outlet.");
  const days = new URLSearchParams();
  if (values.from) days.set("from", values.from);
  if (values.to) days.set("to", values.to);
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${controlApiUrl}/admin/audit/${path}?${days.toString()}`, {
      headers,
    });
    if (response.ok) return response.text();
    throw new UsageError(`Outlet answered ${response.status}: ${await response.text()}`);
  };
  const compared = v.parse(Verified, JSON.parse(await get("verify")));
  io.out(`${compared.entries} entries, ${compared.faultCount} of them not as their chains say\n`);
  for (const fault of compared.faults) io.out(`  ${JSON.stringify(fault)}\n`);
  const text = await get("export");
  if (values.out) await writeFile(resolve(values.out), text, { mode: 0o600 });
  if (!compared.isWhole) throw new UsageError("The log is not as it was written.");
  return (async function* lines() {
    yield* text.split("\n");
  })();
}

async function* readLines(path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${String(error)}`);
  }
}

const nameOf = ({ botId, day, seq }: Audit.ChainRecord): string => `${day} ${botId ?? "-"} ${seq}`;

async function judge(
  lines: AsyncIterable<string>,
  against: string | undefined,
  io: Console,
): Promise<boolean> {
  const follower = new Audit.Follower();
  const hashes = new Map<string, string>();
  let faults = 0;
  const tell = (said: string) => {
    faults += 1;
    if (faults <= 100) io.out(`  ${said}\n`);
  };
  for await (const record of recordsOf(lines)) {
    for (const fault of follower.follow(record)) tell(JSON.stringify(fault));
    hashes.set(nameOf(record), record.hash);
  }
  if (against !== undefined) {
    for await (const record of recordsOf(readLines(resolve(against)))) {
      if (hashes.get(nameOf(record)) === record.hash) continue;
      tell(`record ${nameOf(record)} is not as it was exported`);
    }
  }
  const { chains, records } = follower;
  io.out(`${records} records in ${chains} chains followed, ${faults} faults\n`);
  return faults === 0;
}

const Line = v.pipe(v.string(), v.parseJson(), Audit.ChainRecord);

async function* recordsOf(lines: AsyncIterable<string>): AsyncGenerator<Audit.ChainRecord> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    const parsed = v.safeParse(Line, line);
    if (!parsed.success) throw new UsageError(`Line ${number} is no record of an audit log.`);
    yield parsed.output;
  }
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    env: process.env,
  });
}
