import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTarget } from "../abuse/target.ts";
import { runProgram, wholeNumber } from "../command-line.ts";
import { playRevocations } from "./campaign.ts";

const usage = `Takes rights from keys of a running Outlet under load, and asks at once for what was taken.

  npm run test:revocation -- [--times N]

Ends with a line "N passed, N failed".

  --times N  keys, 1 to 100000 (1000)`;

await runProgram(usage, { times: { type: "string", default: "1000" } }, async (values) => {
  const times = wholeNumber("--times", values.times, [1, 100_000]);
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-revocation-"));
  try {
    const target = await startTarget(dataDir);
    try {
      const bot = await target.publish("Revoked");
      const { tried, held } = await playRevocations(target, bot, times);
      for (const one of held) process.stdout.write(`FAILED ${one}\n`);
      process.stdout.write(`${tried - held.length} passed, ${held.length} failed\n`);
      process.exitCode = held.length === 0 && tried > 0 ? 0 : 1;
    } finally {
      await target.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
