/**
 * `npm run smoke -- --stage X`: holds a deployment to what is claimed of it, and leaves nothing
 * behind. Ends non-zero where anything failed.
 */
import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { smoke } from "./run.ts";
import type { Target } from "./target.ts";
import { awsTarget } from "./targets/aws.ts";
import { embeddedTarget } from "./targets/embedded.ts";
import { lineOf } from "./verdict.ts";

const usage = `Looks whether a deployment keeps what is claimed of it.

  npm run smoke -- --stage X [--out FILE]     a stage on AWS, after sst deploy
  npm run smoke -- --data DIR [--out FILE]    an embedded Outlet

  --console URL     the console's address, if this machine did not deploy the stage
  --user-pool ID    and its user pool
  --out FILE        where the evidence goes (outlet-smoke-X.json)
`;

/** What `sst deploy` writes of the stage that it deployed last. */
const Outputs = v.object({ console: v.string(), userPool: v.string() });

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readArguments();
  const target = options && (await targetOf(options));
  if (!target) {
    process.stderr.write(usage);
    return 2;
  }
  const evidence = await smoke(target, (row) => process.stdout.write(lineOf(row)));
  const path = resolve(options.out ?? `outlet-smoke-${options.stage ?? "embedded"}.json`);
  await writeFile(path, `${JSON.stringify(evidence, null, 2)}\n`);
  const { PASS, FAIL, UNKNOWN } = evidence.counts;
  process.stdout.write(`\n${PASS} PASS, ${FAIL} FAIL, ${UNKNOWN} UNKNOWN. Evidence: ${path}\n`);
  return FAIL > 0 ? 1 : 0;
}

function readArguments() {
  const string = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      strict: true,
      options: {
        stage: string,
        data: string,
        console: string,
        "user-pool": string,
        out: string,
      },
    });
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

async function targetOf(
  options: NonNullable<ReturnType<typeof readArguments>>,
): Promise<Target | undefined> {
  if (options.data) return embeddedTarget(resolve(options.data));
  const { stage } = options;
  if (!stage) return undefined;
  const outputs =
    options.console && options["user-pool"]
      ? { console: options.console, userPool: options["user-pool"] }
      : v.parse(
          v.pipe(v.string(), v.parseJson(), Outputs),
          await readFile(resolve(".sst/outputs.json"), "utf8"),
        );
  return awsTarget({
    stage,
    region: process.env["OUTLET_REGION"] || "us-east-1",
    consoleUrl: outputs.console.replace(/\/$/, ""),
    userPoolId: outputs.userPool,
  });
}
