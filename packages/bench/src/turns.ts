import { Worker } from "@outlet/core/conversations/worker";
import { says } from "@outlet/local/runtime/stack-fixture";
import { type Cost, startMetered } from "./metered.ts";

export interface Turn {
  accept: Cost;
  /** By the worker. */
  work: Cost;
  poll: Cost;
}

/** What each turn of one conversation costs, in units that the table reports for each call. */
async function takeTurns(turns: number): Promise<Turn[]> {
  const { stack, measure } = await startMetered();
  stack.model.script = () => says("An answer of the usual length, as a model would give it.");
  const client = stack.client();
  const address = client.address("long");
  const costs: Turn[] = [];
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
  await stack.stop();
  return costs;
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

/** What a turn costs as a conversation grows, and whether it grows with it. */
export async function costOfTurns(turns: number) {
  const beganAt = performance.now();
  const costs = await takeTurns(turns);
  // The first turn has no head to write to yet.
  const writes = costs.slice(1).map(({ accept, work }) => accept.write + work.write);
  const unitsMorePerTurn = {
    write: slope(writes),
    poll: slope(costs.map(({ poll }) => poll.read)),
  };
  const some = [1, 2, 10, 100, Math.floor(turns / 2), turns].filter((n) => n <= turns);
  return {
    turns,
    seconds: Math.round((performance.now() - beganAt) / 1_000),
    costs: Object.fromEntries(some.map((n) => [n, costs[n - 1]])),
    unitsMorePerTurn,
    // Half a unit more after all turns would be growth; the first turn's rounding is not.
    good: Math.abs(unitsMorePerTurn.write) * turns <= 0.5 && unitsMorePerTurn.poll === 0,
  };
}
