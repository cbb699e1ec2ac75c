/**
 * How long one bot's single run takes while another bot has thousands of runs queued:
 * `npm run bench:fair-share [-- queued [model milliseconds]]`. Exits non-zero where it is
 * delayed by more than twice the time that it takes alone: in the median, and the first one too,
 * which comes right after a start with thousands of bells that nobody has read.
 */
import { Conversation } from "@outlet/core/conversations/conversation";
import { StoreUnavailable } from "@outlet/core/ports";
import { says, startStack } from "@outlet/local/runtime/stack-fixture";

const queued = Number(process.argv[2] ?? 5_000);
const modelMs = Number(process.argv[3] ?? 500);
const rounds = 7;
const atOnce = 5;

const stack = await startStack();
stack.model.script = async function* (_request, signal) {
  await stack.clock.sleep(modelMs, signal);
  yield* says("Done.");
};
const flooded = await stack.createBot("Flooded");
const other = await stack.createBot("Other");
const client = stack.client({ botId: other.botId });
const print = (line: string) => process.stdout.write(`${line}\n`);

async function once(): Promise<number> {
  const beganAt = performance.now();
  const reply = await client.outcome(await client.send("Hi"));
  if (reply.status !== 200) throw new Error(`The answer is ${reply.status}.`);
  return performance.now() - beganAt;
}

async function measure(name: string): Promise<{ first: number; median: number }> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await once());
  const median = times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  print(`${name}: median ${median.toFixed(0)} ms (${times.map((t) => t.toFixed(0)).join(", ")})`);
  return { first: times[0] ?? 0, median };
}

/** A small machine may not keep up with its own flood. */
async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || tries === 5) throw error;
    }
  }
}

/** Conversations of their own, so that all of them could be answered side by side. */
async function flood(): Promise<void> {
  const message = {
    content: [{ contentType: "text" as const, body: "Hi" }],
    requestedModel: null,
    keyId: "key-1",
    continues: false,
    reasoning: false,
    retentionDays: 1,
  };
  for (let n = 0; n < queued; n += atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, queued - n) }, (_, i) =>
        patiently(() =>
          Conversation.send(
            stack.deps,
            { botId: flooded.botId, clientId: "client-1", conversationId: `c-${n + i}` },
            async () => message,
          ),
        ),
      ),
    );
  }
}

const poller = stack.answer(16);
await once();
const alone = await measure("alone");
await poller.stop();
const beganAt = performance.now();
await flood();
print(
  `${queued} runs of another bot accepted in ${((performance.now() - beganAt) / 1_000).toFixed(1)} s`,
);
stack.answer(16);
const loaded = await measure("behind them");
const open = (await Conversation.Mailbox.listOpenOf(stack.deps.table, flooded.botId)).length;
const delayOf = (ms: number) => (ms - alone.median) / alone.median;
const first = delayOf(loaded.first);
const delay = delayOf(loaded.median);
print(
  `${open} of them still wait; the first after the start delayed by ${first.toFixed(2)} times its time alone, the median by ${delay.toFixed(2)}`,
);
await stack.stop();
if (open === 0) throw new Error("The flood was over before the end: choose more runs.");
process.exitCode = Math.max(first, delay) > 2 ? 1 : 0;
