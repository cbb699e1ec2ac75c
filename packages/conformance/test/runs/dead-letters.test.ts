import { Conversation } from "@outlet/core/conversations/conversation";
import { ModelError } from "@outlet/core/ports";
import { Requests } from "@outlet/core/observability/requests";
import { Run } from "@outlet/core/conversations/run";
import { RequestLog } from "@outlet/core/conversations/request-log";
import { Ledger } from "@outlet/core/records/ledger";
import { createPoller } from "@outlet/local/poller/poller";
import { createJsonClient } from "@outlet/aws/lean/json-client";
import { lastText, type Stack, says, startStack } from "@outlet/local/runtime/stack-fixture";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

/** What holds is seen at once; the rest is for busy machines. */
const until = <T>(act: () => T | Promise<T>): Promise<T> => vi.waitFor(act, { timeout: 30_000 });

let stack: Stack;
const lines: { message: string; fields: Record<string, unknown> | undefined }[] = [];
const log = {
  debug() {},
  info() {},
  warn() {},
  error: (message: string, fields?: Record<string, unknown>) =>
    void lines.push({ message, fields }),
};

beforeAll(async () => {
  stack = await startStack({ log });
  stack.answer();
});
afterAll(() => stack.stop());
beforeEach(() => {
  lines.length = 0;
  works();
});

const fails = () => {
  stack.model.script = () => {
    throw new ModelError("model_access_denied", false, "no access to arn:aws:bedrock:::model/x");
  };
};
const works = () => {
  stack.model.script = (request) => says(`To ${lastText(request)}`);
};
const ledgerOf = async (botId: string) =>
  (
    await Promise.all(
      [0, 3_600_000].map((ago) =>
        Ledger.listHour(stack.table, botId, Ledger.hourOf(Date.now() - ago)),
      ),
    )
  ).flat();

/** A bot of its own, and its client. */
async function newBot() {
  const { botId } = await stack.createBot("Another bot");
  return { botId, client: stack.client({ botId }) };
}

const redrive = (botId: string, runId: string) =>
  // A run that has only just ended may still be in its mailbox.
  until(() => Requests.redrive(stack.deps, botId, runId));

describe("a run that has failed for good", () => {
  test("is redriven by the first request, though its reply gets lost and the write is tried again", async () => {
    const { botId, client } = await newBot();
    fails();
    const sent = await client.send("Hi", "c");
    await client.outcome(sent);
    await until(async () => {
      expect((await client.call("GET", "/conversation/c")).json.openMessageIds).toEqual([]);
    });
    works();
    let losses = 0;
    const table: typeof stack.table = {
      ...stack.table,
      async update(...write) {
        const [, change] = write;
        if (!change.add?.["redrives"] || losses++ > 0) return stack.table.update(...write);
        await stack.table.update(...write);
        return stack.table.update(...write);
      },
    };
    await Requests.redrive({ ...stack.deps, table }, botId, sent.json.messageId);
    expect(losses).toBe(1);
    expect((await client.outcome(sent)).json.status).toBe("completed");
  });

  test("is in the log with code, cause and attempts, and the cause is the owner's alone", async () => {
    const { botId, client } = await newBot();
    stack.model.script = () => {
      throw new ModelError("model_throttled", true, "Rate exceeded for account 123456789012");
    };
    const sent = await client.send("Hi", "c");
    const reply = await client.outcome(sent);
    expect(reply.json).toMatchObject({ error: { code: "model_error" }, attempts: 3 });
    expect(reply.text).not.toContain("123456789012");
    const { runs } = await until(async () => {
      const page = await Requests.list(stack.deps, botId, { status: "failed", limit: 10 });
      expect(page.runs).toHaveLength(1);
      return page;
    });
    expect(runs[0]).toMatchObject({
      runId: sent.json.messageId,
      conversationId: "c",
      clientId: "client-1",
      attempts: 3,
      error: { code: "model_error", retryable: true },
      cause: "ModelError: Rate exceeded for account 123456789012",
    });
  });

  test("is answered when redriven, at the end of its conversation, and billed beside its failure", async () => {
    const { botId, client } = await newBot();
    fails();
    const first = await client.send("One", "c");
    await client.outcome(first);
    works();
    await client.ask("Two", "c");
    const runId = first.json.messageId;
    const waits = await redrive(botId, runId);
    expect(waits).toMatchObject({ status: "queued", redrives: 1, attempts: 0 });
    expect((await client.outcome(first)).json.message.content[0].body).toBe("To One");
    await client.ask("Three", "c");
    const tree = await Conversation.read(stack, client.address("c"));
    const said = tree?.runs.map((run) => run.content.map((part) => "body" in part && part.body));
    expect(said).toEqual([["Two"], ["One"], ["Three"]]);
    const entries = (await ledgerOf(botId)).filter((entry) => entry.runId === runId);
    expect(entries.map((entry) => entry.status).toSorted()).toEqual(["completed", "failed"]);
    const { runs } = await Requests.list(stack.deps, botId, { limit: 10 });
    expect(runs.filter((run) => run.runId === runId).map((run) => run.status)).toEqual([
      "completed",
    ]);
    // The model was told the conversation as it now stands.
    const texts = stack.model.requests
      .at(-1)
      ?.messages.map((m) => m.content.map((p) => "text" in p && p.text));
    expect(texts?.flat()).toEqual(["Two", "To Two", "One", "To One", "Three"]);
  });

  test("may fail and be redriven again and again", async () => {
    const { botId, client } = await newBot();
    fails();
    const sent = await client.send("Hi", "c");
    for (let n = 0; n < 3; n++) {
      expect((await client.outcome(sent)).status).toBe(502);
      await redrive(botId, sent.json.messageId);
    }
    await client.outcome(sent);
    works();
    await redrive(botId, sent.json.messageId);
    expect((await client.outcome(sent)).json.status).toBe("completed");
    // The answer is read as soon as it is written, and billed in the next moment.
    await until(async () =>
      expect((await ledgerOf(botId)).map((entry) => entry.status).toSorted()).toEqual([
        "completed",
        ...Array.from({ length: 4 }, () => "failed"),
      ]),
    );
    const tree = await client.call("GET", "/conversation/c");
    expect(Object.keys(tree.json.messageMap)).toHaveLength(3);
  });

  test("is mended by another redrive where the first broke off", async () => {
    const { botId, client } = await newBot();
    fails();
    const sent = await client.send("Hi", "c");
    await client.outcome(sent);
    works();
    const runId = sent.json.messageId;
    let writes = 0;
    const table = {
      ...stack.table,
      update: async (...call: Parameters<typeof stack.table.update>) => {
        if (++writes === 2) throw new Error("The function dies here.");
        return stack.table.update(...call);
      },
    };
    await until(async () => {
      writes = 0;
      await expect(Requests.redrive({ ...stack.deps, table }, botId, runId)).rejects.toThrow(
        "dies",
      );
    });
    expect((await client.call("GET", `/conversation/c/${runId}`)).status).toBe(202);
    await redrive(botId, runId);
    expect((await client.outcome(sent)).json.status).toBe("completed");
  });

  test("can be redriven with all others of its bot, and of no other", async () => {
    const { botId, client } = await newBot();
    const other = await newBot();
    fails();
    const sent = await Promise.all(["a", "b", "c"].map((id) => client.send("Hi", id)));
    const foreign = await other.client.send("Hi", "a");
    await Promise.all([
      ...sent.map((reply) => client.outcome(reply)),
      other.client.outcome(foreign),
    ]);
    works();
    const ids = sent.map((reply) => reply.json.messageId).toSorted();
    const redriven = new Set<string>();
    await until(async () => {
      for (const id of (await Requests.redriveAll(stack.deps, botId)).redriven) redriven.add(id);
      expect([...redriven].toSorted()).toEqual(ids);
    });
    for (const reply of sent) expect((await client.outcome(reply)).json.status).toBe("completed");
    expect((await other.client.outcome(foreign)).status).toBe(502);
  });

  test("is reopened by one redrive only, and its log goes forward only", async () => {
    const { botId, client } = await newBot();
    fails();
    const sent = await client.send("Hi", "c");
    await client.outcome(sent);
    works();
    const runId = sent.json.messageId;
    const failed = await Run.peek(stack.table, client.address("c"), runId);
    await redrive(botId, runId);
    await client.outcome(sent);
    if (!failed) throw new Error("The run is not there.");
    expect(await Run.reopen(stack, failed)).toBeUndefined();
    expect(await Run.reopen(stack, { ...failed, redrives: 1 })).toBeUndefined();
    const logged = () => RequestLog.fromId(stack.table, botId, runId);
    await until(async () => expect((await logged())?.status).toBe("completed"));
    // A slow reader that writes again what it saw changes nothing.
    await RequestLog.record(stack.table, failed);
    expect((await logged())?.status).toBe("completed");
    await RequestLog.record(stack.table, { ...failed, redrives: 2 });
    expect((await logged())?.status).toBe("failed");
  });

  test("does not bring back a conversation that is deleted while it is redriven", async () => {
    const { botId, client } = await newBot();
    fails();
    const { json } = await client.outcome(await client.send("Hi", "going"));
    works();
    await until(async () => {
      const head = await Conversation.Mailbox.read(stack.table, client.address("going"));
      expect(head?.open).toEqual([]);
    });
    const table = {
      ...stack.table,
      update: async (...args: Parameters<typeof stack.table.update>) => {
        // Reopened, and not in its mailbox yet.
        if (args[1].append?.open) await client.call("DELETE", "/conversation/going");
        return stack.table.update(...args);
      },
    };
    const redriving = Requests.redrive({ ...stack.deps, table }, botId, json.messageId);
    await expect(redriving).rejects.toMatchObject({ code: "not_found" });
    expect((await client.call("GET", "/conversation/going")).status).toBe(404);
  });

  test("cannot be redriven where it has not failed, is unknown, or was deleted", async () => {
    const { botId, client } = await newBot();
    const whole = await client.send("Hi", "c");
    await client.outcome(whole);
    await until(() =>
      expect(Requests.redrive(stack.deps, botId, whole.json.messageId)).rejects.toMatchObject({
        code: "run_not_failed",
      }),
    );
    await expect(Requests.redrive(stack.deps, botId, "nope")).rejects.toMatchObject({
      code: "not_found",
    });
    fails();
    const gone = await client.send("Hi", "d");
    await client.outcome(gone);
    await client.call("DELETE", "/conversation/d");
    await expect(Requests.redrive(stack.deps, botId, gone.json.messageId)).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("the request log", () => {
  test("begins with what is open, pages the rest, and filters by status, key and time", async () => {
    const { botId, client } = await newBot();
    const second = stack.client({ botId, keyId: "key-2" });
    for (const who of [client, second, client, second, client]) await who.ask("Hi");
    const middle = Date.now();
    await stack.clock.sleep(5);
    await client.ask("Last");
    const held = Promise.withResolvers<void>();
    stack.model.script = async function* () {
      await held.promise;
      yield* says("Done.");
    };
    const open = await client.send("Open");
    const list = (filter: object) =>
      Requests.list(stack.deps, botId, { limit: 10, ...filter }).then(({ runs }) => runs);
    await until(async () => expect(await list({})).toHaveLength(7));
    const all = await list({});
    expect(all[0]).toMatchObject({ runId: open.json.messageId });
    const ids = all.map((run) => run.runId);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(await list({ keyId: "key-2" })).toHaveLength(2);
    expect(await list({ from: middle + 1 })).toHaveLength(2);
    expect(await list({ to: middle, status: "completed" })).toHaveLength(5);
    expect(await list({ status: "in_progress" })).toHaveLength(1);
    expect(await list({ status: "failed" })).toEqual([]);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await Requests.list(stack.deps, botId, { limit: 2, cursor });
      paged.push(...page.runs.map((run) => run.runId));
      cursor = page.cursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(ids);
    const detail = await Requests.fromId(stack.deps, botId, open.json.messageId);
    expect(detail).toMatchObject({ run: { content: [{ body: "Open" }], answer: null } });
    held.resolve();
    await client.outcome(open);
    const ended = await Requests.fromId(stack.deps, botId, open.json.messageId);
    expect(ended).toMatchObject({
      run: { answer: [{ body: "Done." }] },
      entry: { outputTokens: 5 },
    });
  });
});

describe("a dead bell", () => {
  test("is rung again where something is open, and said in the log with what is malformed", async () => {
    const rung: string[] = [];
    const runQueue = { send: async (body: string) => void rung.push(body) };
    const { client } = await newBot();
    const address = client.address("dead");
    await stack.client({ botId: address.botId }, { runQueue }).send("Hi", "dead");
    const { sqs } = stack.clients;
    const queueUrl = stack.emulators.queueUrls.runsDeadLetters;
    const { SendMessageCommand } = await import("@aws-sdk/client-sqs");
    const bodies = [
      JSON.stringify(address),
      JSON.stringify({ ...address, conversationId: "idle" }),
      "?",
      // Of the queues that the sweeper rings.
      JSON.stringify({ botId: address.botId }),
    ];
    for (const MessageBody of bodies) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    }
    rung.length = 0;
    const poller = createPoller({
      sqs: createJsonClient("sqs", {
        region: stack.emulators.region,
        endpoint: stack.emulators.endpoints.sqs,
        local: true,
        triesMax: 1,
      }),
      queueUrl,
      invoke: (event) =>
        stack.deadLetters({ runQueue })(event, { getRemainingTimeInMillis: () => 1_000 }),
      maximumConcurrency: 1,
      visibilityTimeoutSeconds: 30,
      groupOf: () => "dead",
      log,
    });
    poller.start();
    await until(() => expect(lines).toHaveLength(4));
    await poller.stop();
    expect(rung).toEqual([JSON.stringify(address)]);
    expect(lines.map((line) => line.message).toSorted()).toEqual([
      "dead bell",
      "dead bell",
      "dead bell; the sweeper will ring",
      "dead letter that is no bell",
    ]);
    expect(JSON.stringify(lines)).not.toContain('"?"');
  });
});
