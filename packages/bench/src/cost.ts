import { Delivery } from "@outlet/core/conversations/delivery";
import { type Address, Run } from "@outlet/core/conversations/run";
import { Webhook } from "@outlet/core/publishing/webhook";
import type { Http } from "@outlet/core/ports";
import { createWorker } from "@outlet/functions/workers/worker/handler";
import { eventOf, publishAsIs } from "@outlet/local/runtime/published-fixture";
import { says, type Stack } from "@outlet/local/runtime/stack-fixture";
import { round } from "./load/load.ts";
import { type Cost, type Meter, startMetered } from "./metered.ts";

/**
 * USD, us-east-1, on demand, November 2026: https://aws.amazon.com/api-gateway/pricing/ and those of
 * WAF, Lambda (arm64), DynamoDB and SQS.
 */
const prices = {
  millionRequests: { gateway: 3.5, waf: 0.6, queue: 0.5, invocations: 0.2 },
  millionUnits: { write: 0.625, read: 0.125 },
  gbSecond: 0.0000133334,
};

/** GB and milliseconds of each step: assumed, and not measured on AWS. */
const assumed = {
  authorizer: { gb: 0.5, ms: 8 },
  accept: { gb: 1, ms: 20 },
  poll: { gb: 1, ms: 10 },
  work: { gb: 1, ms: 45 },
  delivery: { gb: 0.5, ms: 100 },
};

/** What Lambda's poller asks of the queue for a message: to receive and to delete it. */
const takenCalls = 2;

interface Step extends Cost {
  /** A million times, before the model, tokens and logs. */
  usd: number;
}

/** USD a million times. */
function usdOf(cost: Cost, functions: (keyof typeof assumed)[], taken = 0): number {
  const { millionRequests: request, millionUnits: unit } = prices;
  const run = functions.map((name) => {
    const { gb, ms } = assumed[name];
    return request.invocations + gb * ms * 1_000 * prices.gbSecond;
  });
  return [
    ...run,
    functions.includes("authorizer") ? request.gateway + request.waf : 0,
    cost.write * unit.write + cost.read * unit.read,
    (cost.sends + taken) * request.queue,
  ].reduce((sum, each) => sum + each, 0);
}

/**
 * What a million calls cost on AWS by the way their answers are read, from the calls and capacity
 * units that are counted of one short run of each kind, at the second turn of its conversation.
 */
export async function costOfCalls() {
  const meter = await startMetered();
  try {
    const steps = await countSteps(meter);
    const { accept, poll, work, workFollowed, acceptTelling, workTelling, delivery } = steps;
    const byReading = {
      pollOnce: accept.usd + poll.usd + work.usd,
      pollThreeTimes: accept.usd + 3 * poll.usd + work.usd,
      wait: accept.usd + work.usd,
      stream: accept.usd + workFollowed.usd,
      webhook: acceptTelling.usd + workTelling.usd + delivery.usd,
    };
    const usdOfMillion = Object.fromEntries(
      Object.entries(byReading).map(([name, usd]) => [name, round(usd)]),
    );
    return { prices, assumed, steps, usdOfMillion };
  } finally {
    await meter.stack.stop();
  }
}

async function countSteps({ stack, queues, lastSent, measure }: Meter) {
  stack.model.script = () => says("An answer of the usual length, as a model would give it.");
  const webhook = { url: "https://example.com/hook", events: ["response.completed"] };
  const ask = await publishAsIs(stack, { webhook });
  await Webhook.prepare(stack.deps, stack.bot.botId);
  const authorize = async () => {
    if ((await ask()) !== "Allow") throw new Error("Not let in.");
  };
  const run = async (tellsOwner: "true" | "false", isFollowed = false) => {
    const client = stack.client({ tellsOwner }, queues);
    let path = "";
    const accept = await measure(async () => {
      await authorize();
      const { json } = await client.send("A question of the usual length.", tellsOwner);
      path = `/conversation/${json.conversationId}/${json.messageId}`;
    });
    const onRunEnded = Delivery.createHook({ ...stack.deps, ...queues });
    if (isFollowed) await followed(stack, client.address(tellsOwner));
    const worker = createWorker({ ...stack.deps, ...queues, onRunEnded });
    const work = await measure(() => worker(eventOf(lastSent()), limits));
    const poll = await measure(async () => {
      await authorize();
      const reply = await client.call("GET", path);
      if (reply.status !== 200) throw new Error(`The answer is ${reply.status}.`);
    });
    return { accept, work, poll };
  };
  // The first turn begins what lasts: the head, an hour of the ledger.
  await run("false");
  const plain = await run("false");
  const streamed = await run("false", true);
  await run("true");
  const telling = await run("true");
  const delivery = await measure(() =>
    Delivery.deliver({ ...stack.deps, ...queues, http: welcome }, Delivery.parse(lastSent())),
  );
  const step = (cost: Cost, functions: (keyof typeof assumed)[], taken = 0): Step => ({
    ...cost,
    usd: round(usdOf(cost, functions, taken), 2),
  });
  return {
    accept: step(plain.accept, ["authorizer", "accept"]),
    poll: step(plain.poll, ["authorizer", "poll"]),
    work: step(plain.work, ["work"], takenCalls),
    workFollowed: step(streamed.work, ["work"], takenCalls),
    acceptTelling: step(telling.accept, ["authorizer", "accept"]),
    workTelling: step(telling.work, ["work"], takenCalls),
    delivery: step(delivery, ["delivery"], takenCalls),
  };
}

/** As a run is whose message asks for events. */
async function followed({ table }: Stack, address: Address): Promise<void> {
  const run = (await Run.listAll(table, address)).at(-1);
  if (!run || !(await Run.noteFollowed({ table }, run))) throw new Error("There is no run.");
}

const limits = { getRemainingTimeInMillis: () => 900_000 };

/** A receiver that takes what it is told. */
const welcome: Http = {
  async send({ url }) {
    return { status: 204, url, headers: {}, body: (async function* () {})() };
  },
};
