import { expect, test, vi } from "vitest";
import {
  begin,
  bodiesOf,
  makeGate,
  makeQueue,
  newClient,
  patience,
  send,
  useBroker,
} from "./poller.test-support.ts";
import type { PollerOptions } from "./poller.ts";

useBroker();

test("a flood of one group does not delay the message of another", async () => {
  const queueUrl = await makeQueue();
  const flood = Array.from({ length: 5_000 }, (_, n) => `noisy/${n}`);
  await send(queueUrl, ...flood);
  let noisy = 0;
  const gate = makeGate();
  const quiet: string[] = [];
  begin(queueUrl, {
    batchSize: 1,
    invoke: async (event) => {
      const body = bodiesOf(event)[0] ?? "";
      if (body.startsWith("quiet")) {
        quiet.push(body);
      } else {
        noisy += 1;
        await gate.opened;
      }
    },
  });
  // While thousands are ahead in the queue, and none of them is done: received ahead, not waited for.
  await send(queueUrl, "quiet/1");
  await vi.waitFor(() => expect(quiet).toHaveLength(1), patience);
  await vi.waitFor(() => expect(noisy).toBe(3), patience);
  // With the flood received, too.
  for (let n = 2; n <= 6; n++) {
    await send(queueUrl, `quiet/${n}`);
    await vi.waitFor(() => expect(quiet).toHaveLength(n), patience);
  }
  expect(noisy).toBe(3);
  gate.open();
}, 120_000);

/** How many invocations a flood had at once, before the one message behind it had its own and ever. */
function watchFlood(queueUrl: string, options: Partial<PollerOptions> = {}) {
  const seen: { most: number; mostBefore?: number } = { most: 0 };
  let running = 0;
  begin(queueUrl, {
    batchSize: 1,
    invoke: async (event) => {
      if (bodiesOf(event)[0] === "quiet/1") {
        seen.mostBefore = seen.most;
        return;
      }
      seen.most = Math.max(seen.most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    },
    ...options,
  });
  return seen;
}

const flood = Array.from({ length: 1_000 }, (_, n) => `noisy/${n}`);

test("what waited before the start is read before one group gets more than one invocation", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, ...flood, "quiet/1");
  const seen = watchFlood(queueUrl);
  await vi.waitFor(() => expect(seen.mostBefore).toBe(1), patience);
  // Then it gets all but one.
  await vi.waitFor(() => expect(seen.most).toBe(3), patience);
});

test("a receiver that sees the end waits for what others are about to bring", async () => {
  const queueUrl = await makeQueue();
  await send(queueUrl, ...flood.slice(0, 200), "quiet/1");
  const client = newClient();
  const slow: typeof client = {
    ...client,
    async call<Output>(...call: Parameters<typeof client.call>) {
      const output = await client.call<Output>(...call);
      if (JSON.stringify(output).includes("quiet/1")) {
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return output;
    },
  };
  const seen = watchFlood(queueUrl, { sqs: slow });
  await vi.waitFor(() => expect(seen.mostBefore).toBe(1), patience);
});
