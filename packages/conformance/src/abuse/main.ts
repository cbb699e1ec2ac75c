import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram, wholeNumber } from "../command-line.ts";
import { playAbuse } from "./campaign.ts";

const usage = `Attacks the embedded runtime by all that was ever found to hurt it, while somebody else's client looks
on: nothing of that client's may be lost, slow, or refused.

  npm run test:abuse -- [--only TEXT] [--slowest MS] [--memory MB]

Takes some two minutes. Ends with a line "N passed, N failed".

  --only TEXT    attacks with this in their names
  --slowest MS   the slowest /health of somebody else that is borne (1000)
  --memory MB    of all its processes together (700)`;

await runProgram(
  usage,
  {
    only: { type: "string" },
    slowest: { type: "string", default: "1000" },
    memory: { type: "string", default: "700" },
  },
  async ({ only, slowest, memory }) => {
    const slowestMs = wholeNumber("--slowest", slowest, [1, 600_000]);
    const memoryMb = wholeNumber("--memory", memory, [1, 100_000]);
    const dataDir = await mkdtemp(join(tmpdir(), "outlet-abuse-"));
    let passed = 0;
    const say = (line: string) => {
      if (line.startsWith("ok")) passed += 1;
      process.stdout.write(`${line}\n`);
    };
    try {
      const problems = await playAbuse({ dataDir, only, slowestMs, memoryMb, say });
      for (const problem of problems) process.stdout.write(`FAILED ${problem}\n`);
      process.stdout.write(`${passed} passed, ${problems.length} failed\n`);
      process.exitCode = problems.length === 0 && passed > 0 ? 0 : 1;
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);
