/**
 * `npm run test:kill -- --times 200 --seed S`: kills the embedded runtime with `kill -9` under load,
 * and expects that nothing acknowledged is lost, answered twice or billed twice.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { playKills } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
  },
});

const dataDir = await mkdtemp(join(tmpdir(), "outlet-kill-"));
try {
  process.stdout.write(`seed ${values.seed}\n`);
  const report = await playKills({
    seed: values.seed,
    times: Number(values.times),
    dataDir,
    conversations: 8,
    tokensPerSecond: 2_000,
    say: (line) => process.stdout.write(`${line}\n`),
  });
  for (const complaint of report.complaints) process.stdout.write(`FAILED ${complaint}\n`);
  const failures = report.lost + report.complaints.length + (report.acknowledged === 0 ? 1 : 0);
  process.stdout.write(`${report.acknowledged - report.lost} passed, ${failures} failed\n`);
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
