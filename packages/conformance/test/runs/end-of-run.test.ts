import { Mailbox } from "@outlet/core/conversations/conversation";
import { Worker } from "@outlet/core/conversations/worker";
import { type EndedRun, StoreUnavailable } from "@outlet/core/ports";
import { type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  stack.model.script = () => says("Done.");
});
afterAll(() => stack.stop());

test("a hook is told of each end before the run leaves its mailbox, and again where it failed", async () => {
  const client = stack.client();
  const address = client.address("told");
  const sent = await client.send("Hi", "told");
  const told: EndedRun[] = [];
  const open: string[][] = [];
  const onRunEnded = async (run: EndedRun) => {
    told.push(run);
    open.push((await Mailbox.read(stack.table, address))?.open ?? []);
    if (told.length === 1) throw new StoreUnavailable("The hook's table is away.");
  };
  // The lease of the first worker is over at once: it does not come to the end of its work.
  const policy = { ...stack.deps.policy, leaseMs: 0 };
  const work = () =>
    Worker.work({ ...stack.deps, policy, onRunEnded }, address, {
      deadline: Number.MAX_SAFE_INTEGER,
    });
  await expect(work()).rejects.toThrow("away");
  expect((await Mailbox.read(stack.table, address))?.open).toEqual([sent.json.messageId]);
  await stack.clock.sleep(2);
  await work();
  const end = {
    ...address,
    runId: sent.json.messageId,
    status: "completed",
    redrives: 0,
    webhooks: { owner: false, caller: null },
  };
  expect(told).toEqual([end, end]);
  expect(open).toEqual([[sent.json.messageId], [sent.json.messageId]]);
  expect((await Mailbox.read(stack.table, address))?.open).toEqual([]);
});
