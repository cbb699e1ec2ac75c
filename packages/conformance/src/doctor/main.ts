/**
 * `npm run doctor -- --stage X`: says before a deployment what it would fail for. Ends non-zero where
 * something has to be mended.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { lineOf } from "./finding.ts";
import { doctor } from "./run.ts";

const usage = `Looks whether a stage can be deployed, in half a minute; changes nothing.

  npm run doctor -- --stage X [--endpoint URL]

  --endpoint URL   asks this in place of AWS: an emulator
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readArguments();
  if (!options?.stage) {
    process.stderr.write(usage);
    return 2;
  }
  const { stage, endpoint } = options;
  // As SST reads them: what the environment has stands, then the stage's own file.
  for (const path of [`.env.${stage}`, ".env"]) if (existsSync(path)) process.loadEnvFile(path);
  const findings = await doctor({ stage, env: process.env, ...(endpoint && { endpoint }) });
  for (const finding of findings) process.stdout.write(lineOf(finding));
  const toMend = findings.filter(({ verdict }) => verdict === "mend").length;
  const unknown = findings.filter(({ verdict }) => verdict === "unknown").length;
  process.stdout.write(`\n${findings.length} looked at, ${toMend} to mend, ${unknown} not seen.\n`);
  return toMend > 0 ? 1 : 0;
}

function readArguments() {
  try {
    const string = { type: "string" } as const;
    const options = { stage: string, endpoint: string };
    return parseArgs({ strict: true, options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}
