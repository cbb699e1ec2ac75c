import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, wholeNumber } from "../command-line.ts";
import { playKills } from "./campaign.ts";

const usage = `Kills the embedded runtime with kill -9 under load, and expects that nothing acknowledged is lost,
answered twice or billed twice.

  npm run test:kill -- [--times N] [--seed S]

Ends with a line "N passed, N failed": of the messages that were acknowledged.

  --times N  how often it is killed, 1 to 100000 (200)
  --seed S   any text; of it come the moments. Chosen and printed where absent`;

await runProgram(
  usage,
  {
    times: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
  },
  async ({ seed, ...numbers }) => {
    const times = wholeNumber("--times", numbers.times, [1, 100_000]);
    const dataDir = await mkdtemp(join(tmpdir(), "outlet-kill-"));
    try {
      process.stdout.write(`seed ${seed}\n`);
      const report = await playKills({
        seed,
        times,
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
  },
);
