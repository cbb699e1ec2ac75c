import { Conversation } from "@outlet/core/conversations/conversation";
import type { Address } from "@outlet/core/conversations/run";
import { Worker } from "@outlet/core/conversations/worker";
import { keyOfWrite, type ModelEvent, type Table } from "@outlet/core/ports";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";

/** What one answer writes to the table, and how much of that is for its readers. */
interface Writes {
  answer: string;
  seconds: number;
  all: number;
  events: number;
  /** Write units of 1 KB that DynamoDB bills for the events. */
  eventUnits: number;
}

const answers = [
  { answer: "60 tokens at 60 a second, followed", tokens: 60, perSecond: 60, followed: true },
  { answer: "300 tokens at 60 a second, followed", tokens: 300, perSecond: 60, followed: true },
  { answer: "300 tokens at 300 a second, followed", tokens: 300, perSecond: 300, followed: true },
  { answer: "300 tokens at 60 a second", tokens: 300, perSecond: 60, followed: false },
];

/** Answers messages over the real adapter, and counts what is written at the table. */
export async function countWrites(): Promise<Writes[]> {
  const stack = await startStack();
  try {
    const counted: Writes[] = [];
    for (const [n, shape] of answers.entries()) {
      stack.model.script = () => speak(shape);
      const client = stack.client();
      const headers = shape.followed ? { accept: "text/event-stream" } : {};
      const sent = client.send("Hi", `c-${n}`, headers);
      await accepted(stack, client.address(`c-${n}`));
      const { table, count } = countingTable(stack.table);
      const begun = performance.now();
      await Worker.work({ ...stack.deps, table }, client.address(`c-${n}`), {
        deadline: Number.MAX_SAFE_INTEGER,
      });
      const seconds = Number(((performance.now() - begun) / 1000).toFixed(1));
      await sent;
      counted.push({ answer: shape.answer, seconds, ...count });
    }
    return counted;
  } finally {
    await stack.stop();
  }
}

/** A stream is answered when its run is; the message is there before. */
async function accepted({ table }: Stack, address: Address): Promise<void> {
  while (!(await Conversation.Mailbox.read(table, address)))
    await new Promise((done) => setTimeout(done, 5));
}

/** Counts the writes that were carried out. */
function countingTable(table: Table) {
  const count = { all: 0, events: 0, eventUnits: 0 };
  const note = (pk: string, size: number, unitsEach = 1) => {
    count.all += 1;
    if (!pk.startsWith("EVENTS#")) return;
    count.events += 1;
    count.eventUnits += Math.ceil(size / 1024) * unitsEach;
  };
  const counting: Table = {
    ...table,
    put(item, condition) {
      note(item.pk, Buffer.byteLength(JSON.stringify(item)));
      return table.put(item, condition);
    },
    update(key, change, condition) {
      note(key.pk, 1);
      return table.update(key, change, condition);
    },
    remove(key, condition) {
      note(key.pk, 1);
      return table.remove(key, condition);
    },
    async transact(writes) {
      for (const write of writes) {
        const written = "item" in write ? write.item : write.change;
        note(keyOfWrite(write).pk, Buffer.byteLength(JSON.stringify(written)), 2);
      }
      return table.transact(writes);
    },
  };
  return { table: counting, count };
}

async function* speak({
  tokens,
  perSecond,
}: {
  tokens: number;
  perSecond: number;
}): AsyncGenerator<ModelEvent> {
  for (let token = 0; token < tokens; token++) {
    yield { type: "text", text: "word " };
    await new Promise((resolve) => setTimeout(resolve, 1_000 / perSecond));
  }
  yield { type: "stop", reason: "end_turn" };
  const none = { cacheReadInputTokens: 0, cacheWriteInputTokens: 0 };
  yield { type: "usage", usage: { inputTokens: 9, outputTokens: tokens, ...none } };
}
