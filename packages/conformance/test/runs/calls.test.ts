import { eventOf, publishAsIs } from "@outlet/local/runtime/published-fixture";
import { says, type Stack, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * What a request costs on AWS is the calls it makes. These are counted over the wire, and they are
 * ceilings: whoever needs one more has to say so here, and in docs/cost.md.
 */
let stack: Stack;
let authorize: () => Promise<unknown>;
let calls = { reads: 0, writes: 0, sends: 0 };

beforeAll(async () => {
  stack = await startStack({
    tap: (dynamodb) => ({
      close: () => dynamodb.close(),
      call<Output>(...call: Parameters<typeof dynamodb.call>) {
        calls[/^(Get|BatchGet|Query)/.test(call[0]) ? "reads" : "writes"] += 1;
        return dynamodb.call<Output>(...call);
      },
    }),
  });
  stack.model.script = () => says("Hello.");
  const ask = await publishAsIs(stack);
  authorize = async () => {
    expect(await ask()).toBe("Allow");
  };
  // Once a minute it notes that the key was used.
  await authorize();
});

afterAll(() => stack?.stop());

/** The calls that an act makes. */
async function counted(act: () => Promise<unknown>): Promise<typeof calls> {
  calls = { reads: 0, writes: 0, sends: 0 };
  await act();
  return calls;
}

const client = () =>
  stack.client(
    {},
    {
      runQueue: {
        send: (...message) => {
          calls.sends += 1;
          bells.push(message[0]);
          return stack.runQueue.send(...message);
        },
      },
    },
  );

test("accepting a message takes one read, two writes and one send", async () => {
  const accept = async () => {
    await authorize();
    expect((await client().send("Hi")).status).toBe(200);
  };
  expect(await counted(accept)).toEqual({ reads: 1, writes: 2, sends: 1 });
});

test("and one write where it is made in one call", async () => {
  const policy = { ...stack.policy, acceptsInOne: true };
  const inOne = () => stack.client({}, { policy });
  const { json } = await inOne().send("Hi");
  const { conversationId } = json;
  const more = () => inOne().send("And again", conversationId);
  expect(await counted(more)).toMatchObject({ reads: 0, writes: 1 });
  const { openMessageIds } = (await client().call("GET", `/conversation/${conversationId}`)).json;
  expect(openMessageIds).toHaveLength(2);
});

/** Rings that were sent, and not heard by any worker yet. */
const bells: string[] = [];

async function work(): Promise<void> {
  const [body = ""] = bells.splice(0).slice(-1);
  const limits = { getRemainingTimeInMillis: () => 900_000 };
  expect(await stack.worker()(eventOf(body), limits)).toEqual({ batchItemFailures: [] });
}

test("a short run takes five writes in all at most, from the message to its end", async () => {
  const run = async () => {
    await client().send("Hi");
    await work();
  };
  // The ledger begins an hour with a write of its own.
  await run();
  expect((await counted(run)).writes).toBeLessThanOrEqual(5);
});

test("a look at a message takes two reads once a worker has seen it, one more before", async () => {
  const { json } = await client().send("Hi");
  const look = async () => {
    await authorize();
    await client().call("GET", `/conversation/${json.conversationId}/${json.messageId}`);
  };
  expect(await counted(look)).toEqual({ reads: 3, writes: 0, sends: 0 });
  await work();
  expect(await counted(look)).toEqual({ reads: 2, writes: 0, sends: 0 });
});
