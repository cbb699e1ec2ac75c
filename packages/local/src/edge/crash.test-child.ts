import { spec, startEdge } from "./edge.test-support.ts";

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error("Name a data folder");

const test = await startEdge({ dataDir });
const quota = { limit: 1_000_000, period: "DAY" } as const;
const { restApiId, usagePlanId } = await test.publish(spec("BOT0", { quota }), ["key-a"]);
process.stdout.write(`${JSON.stringify({ port: test.port, restApiId, usagePlanId })}\n`);

// Stacks come, change and go until this process is killed in the middle of it.
for (let round = 0; ; round++) {
  const botId = `BOT${1 + (round % 3)}`;
  await test.publish(spec(botId), ["key-b"]);
  await test.edge.provisioner.deploy(spec(botId, { stage: `s${round}` }), `token-${round}`);
  if (round % 2 === 0) await test.edge.provisioner.remove(`outlet-${botId.toLowerCase()}`, "t");
  await new Promise(setImmediate);
}
