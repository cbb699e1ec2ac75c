/**
 * What a turn costs as a conversation grows: `npm run bench:long-conversation [-- turns]`.
 * Capacity units are those the table reports for each call; exits non-zero where they grow.
 */
import { Worker } from "@outlet/core/conversations/worker";
import { says, startStack } from "@outlet/local/runtime/stack-fixture";

const turns = Number(process.argv[2] ?? 1_000);

interface Cost {
  calls: number;
  write: number;
  read: number;
}
const spent: Cost = { calls: 0, write: 0, read: 0 };

interface Metered {
  /** A list where several items are written together. */
  ConsumedCapacity?: Capacity | Capacity[];
}
interface Capacity {
  CapacityUnits?: number;
}

/** Asks for the capacity of every call and adds it up. Base table and indexes together. */
const stack = await startStack({
  tap: (dynamodb) => ({
    close: () => dynamodb.close(),
    async call<Output>(operation: string, input: object, options?: object) {
      const metered = { ...input, ReturnConsumedCapacity: "TOTAL" };
      const output = await dynamodb.call<Output & Metered>(operation, metered, options);
      spent.calls += 1;
      const capacities = [output.ConsumedCapacity ?? []].flat();
      spent[/^(Get|Query)/.test(operation) ? "read" : "write"] += capacities.reduce(
        (sum, { CapacityUnits = 0 }) => sum + CapacityUnits,
        0,
      );
      return output;
    },
  }),
});

async function measure(act: () => Promise<unknown>): Promise<Cost> {
  const before = { ...spent };
  await act();
  return {
    calls: spent.calls - before.calls,
    write: spent.write - before.write,
    read: spent.read - before.read,
  };
}

/** Least squares: units more for each turn that came before. */
function slope(values: number[]): number {
  const n = values.length;
  const meanX = (n - 1) / 2;
  const meanY = values.reduce((sum, y) => sum + y, 0) / n;
  const [xy, xx] = values.reduce<[number, number]>(
    ([a, b], y, x) => [a + (x - meanX) * (y - meanY), b + (x - meanX) ** 2],
    [0, 0],
  );
  return xy / xx;
}

stack.model.script = () => says("An answer of the usual length, as a model would give it.");
const client = stack.client();
const address = client.address("long");
const costs: { accept: Cost; work: Cost; poll: Cost }[] = [];
const beganAt = performance.now();
for (let turn = 0; turn < turns; turn++) {
  let path = "";
  const accept = await measure(async () => {
    const { json } = await client.send(`Question number ${turn}, of the usual length.`, "long");
    path = `/conversation/long/${json.messageId}`;
  });
  const work = await measure(() =>
    Worker.work(stack.deps, address, { deadline: Number.MAX_SAFE_INTEGER }),
  );
  const poll = await measure(async () => {
    const reply = await client.call("GET", path);
    if (reply.status !== 200) throw new Error(`The answer is ${reply.status}.`);
  });
  costs.push({ accept, work, poll });
}
const seconds = (performance.now() - beganAt) / 1_000;
await stack.stop();

// The first turn has no head to write to yet.
const writes = costs.slice(1).map(({ accept, work }) => accept.write + work.write);
const polls = costs.map(({ poll }) => poll.read);
const at = (n: number) => {
  const cost = costs[n - 1];
  if (!cost) return;
  const { accept, work, poll } = cost;
  process.stdout.write(
    `turn ${String(n).padStart(5)}: write ${accept.write + work.write} (accept ${accept.write}, answer ${work.write}), ` +
      `read ${work.read} by the worker, poll ${poll.read} in ${poll.calls} call\n`,
  );
};
for (const n of [1, 2, 10, 100, turns / 2, turns]) at(Math.floor(n));
const grows = { write: slope(writes), poll: slope(polls) };
process.stdout.write(
  `slope per turn: write units ${grows.write.toFixed(6)}, read units of a poll ${grows.poll.toFixed(6)}; ` +
    `${turns} turns in ${seconds.toFixed(1)} s\n`,
);
// Half a unit more after all turns would be growth; the first turn's rounding is not.
process.exitCode = Math.abs(grows.write) * turns > 0.5 || grows.poll !== 0 ? 1 : 0;
