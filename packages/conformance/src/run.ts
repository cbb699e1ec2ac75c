/**
 * `npm run test:aws`: holds the adapters to their contracts against independent emulators of AWS.
 * Ends with a line `N passed, N failed`, and non-zero if anything failed or nothing ran.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endpointsVariable } from "./referees/endpoints.ts";
import { installReferees } from "./referees/install.ts";
import { type Referees, type RunningReferees, startReferees } from "./referees/start.ts";
import { type Summary, summarize, type VitestReport } from "./report.ts";

let referees: RunningReferees | undefined;
let suites: ChildProcess | undefined;
let stopping: Promise<void> | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, abandon);
process.on("disconnect", abandon);

const summary = await judge().finally(stop);
print(summary);
process.exit(summary.failed > 0 || summary.passed === 0 ? 1 : 0);

async function judge(): Promise<Summary> {
  try {
    const tools = await installReferees();
    referees = await startReferees(tools);
    return await runSuites(referees.endpoints);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return { passed: 0, failed: 1, deviations: [], skipped: [] };
  }
}

async function runSuites(endpoints: Referees): Promise<Summary> {
  const scratch = mkdtempSync(join(tmpdir(), "outlet-conformance-"));
  const output = join(scratch, "report.json");
  try {
    const code = await vitest(output, { [endpointsVariable]: JSON.stringify(endpoints) });
    // Vitest's own words.
    const result = summarize(JSON.parse(readFileSync(output, "utf8")) as VitestReport);
    // It fails for what belongs to no test as well, such as an unhandled rejection.
    if (code !== 0 && result.failed === 0) result.failed = 1;
    return result;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function vitest(output: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const child = spawn(
    process.execPath,
    [
      here("../../../node_modules/vitest/vitest.mjs"),
      "run",
      `--config=${here("../vitest.aws.config.ts")}`,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${output}`,
      ...process.argv.slice(2),
    ],
    { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...env } },
  );
  suites = child;
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
}

function print({ passed, failed, deviations, skipped }: Summary): void {
  const section = (title: string, lines: string[]) =>
    lines.length > 0 ? `${title}\n${lines.map((line) => `  ${line}\n`).join("")}\n` : "";
  process.stdout.write(
    `\n${section("Declared deviations, each seen to fail as declared:", deviations)}` +
      `${section("Left out, with the reason:", skipped)}${passed} passed, ${failed} failed\n`,
  );
}

function stop(): Promise<void> {
  stopping ??= referees?.stop() ?? Promise.resolve();
  return stopping;
}

function abandon(): void {
  suites?.kill();
  void stop().finally(() => process.exit(130));
}
