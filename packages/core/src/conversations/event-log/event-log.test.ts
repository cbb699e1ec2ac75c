import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import {
  type Item,
  silentLog,
  StoreUnavailable,
  systemClock,
  watchedTable,
} from "../../ports/index.ts";
import { Layout } from "../../store/layout/index.ts";
import { Ledger } from "../../records/ledger/index.ts";
import type { Answering } from "../answering/index.ts";
import { Run } from "../run/index.ts";
import { EventLog } from "./index.ts";

const address = { botId: "B", clientId: "C", conversationId: "c" };
const policy = { eventsEveryMs: 5, eventsSize: 40, eventPollMs: { first: 1, max: 5 } };

/** A run at work, in a table of its own. */
async function start() {
  const table = watchedTable(createMemoryTable());
  const deps = { table, clock: systemClock, log: silentLog, policy };
  await table.put(itemOf({}));
  const run = Run.fromItem(table, itemOf({}));
  return { deps, run, table };
}

type World = Awaited<ReturnType<typeof start>>;

const itemOf = (over: Partial<Run.State>): Item => ({
  ...Layout.run(address, "R"),
  ...address,
  runId: "R",
  answerId: "A",
  keyId: "K",
  status: "in_progress",
  createdAt: 1,
  queuedAt: 1,
  startedAt: 1,
  firstTextAt: null,
  finishedAt: null,
  requestedModel: null,
  model: null,
  continues: false,
  reasoning: false,
  parent: "system",
  place: 0,
  formerParents: [],
  token: 1,
  attempts: 1,
  redrives: 0,
  cancelRequestedAt: null,
  error: null,
  cause: null,
  incompleteReason: null,
  usage: null,
  costMicroUsd: 0,
  retentionDays: 1,
  expiresAt: 4_000_000_000,
  folder: "f",
  question: { json: "[]", path: null },
  reply: null,
  ...over,
});

const text = (said: string): Answering.Event => ({ type: "text", text: said });
const body = (said: string) => [{ contentType: "text" as const, body: said }];

async function finish({ deps, run }: World, over: Partial<Run.State> = {}) {
  const item = itemOf({ ...run, status: "completed", usage: Ledger.noTokens, ...over });
  await deps.table.put(item);
  return Run.fromItem(deps.table, item);
}

async function read(
  { deps, run }: Pick<World, "deps" | "run">,
  after?: number,
): Promise<EventLog.Event[]> {
  const events: EventLog.Event[] = [];
  const signal = new AbortController().signal;
  for await (const event of EventLog.follow(deps, run, { after, signal, idleMs: 1_000 })) {
    if (event.kind !== "idle") events.push(event);
  }
  return events;
}

/** The text as a reader joins it. */
const joined = (events: EventLog.Event[]): string => {
  const last = events.findLastIndex(({ kind }) => kind === "attempt");
  return events
    .slice(last + 1)
    .map((event) => (event.kind === "text" ? event.text : ""))
    .join("");
};

test("what attempts have spent on calls is summed up, and the time between them is not", () => {
  const at = (token: number, ...times: (number | null)[]) =>
    times.map((one) => ({ token, at: one }));
  expect(EventLog.spentMs([])).toBe(0);
  expect(EventLog.spentMs([...at(1, 100, 250, 300), ...at(2, 9_000), ...at(3, 9_500, 9_510)])).toBe(
    210,
  );
  expect(EventLog.spentMs(at(1, null, 5, null, 9))).toBe(4);
});

describe("the event log of a run", () => {
  test("is what the model says, numbered from 0, and its end", async () => {
    const world = await start();
    const writer = EventLog.openWriter(world.deps, world.run);
    for (const word of ["Hello ", "there, ", "you."]) writer.hear(text(word));
    const hint = await writer.seal(body("Hello there, you."));
    await EventLog.close(world.deps, await finish(world), hint);
    const events = await read(world);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, seq) => seq));
    expect(events.at(0)).toEqual({ seq: 0, kind: "attempt", attempt: 1 });
    expect(events.at(-1)).toMatchObject({ kind: "end", status: "completed" });
    expect(joined(events)).toBe("Hello there, you.");
    for (const { seq } of events) {
      expect(await read(world, seq)).toEqual(events.slice(seq + 1));
    }
  });

  test("reads the same whatever was said, in whatever pieces, and is the answer", async () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom("\ud83d", "\ude00", "e\u0301", "\ud83d\ude00"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(piece, fc.boolean())), async (pieces) => {
        const world = await start();
        const writer = EventLog.openWriter(world.deps, world.run);
        let answer = "";
        let isWhole = true;
        for (const [said, restarts] of pieces) {
          if (restarts) {
            isWhole &&= answer.isWellFormed();
            answer = "";
            writer.hear({ type: "restart" });
          }
          answer += said;
          writer.hear(text(said));
          await Promise.resolve();
        }
        const hint = await writer.seal(answer === "" ? [] : body(answer));
        await EventLog.close(world.deps, await finish(world), hint);
        const events = await read(world);
        expect(joined(events)).toBe(answer);
        // No event ends within a character, where the model's words do not.
        const isCut = events.some((event) => event.kind === "text" && !event.text.isWellFormed());
        expect(isCut && isWhole && answer.isWellFormed()).toBe(false);
      }),
    );
  });

  test("is read while it is being written, by any number of readers", async () => {
    const world = await start();
    const readers = Array.from({ length: 5 }, () => read(world));
    const writer = EventLog.openWriter(world.deps, world.run);
    const words = Array.from({ length: 60 }, (_, i) => `word${i} `);
    for (const word of words) {
      writer.hear(text(word));
      await systemClock.sleep(1);
    }
    const hint = await writer.seal(body(words.join("")));
    await EventLog.close(world.deps, await finish(world), hint);
    const all = await Promise.all(readers);
    expect(joined(all[0] ?? [])).toBe(words.join(""));
    expect(all[0]?.length).toBeGreaterThan(4);
    for (const events of all) expect(events).toEqual(all[0]);
  });

  test("is written at the end where nobody follows, and while it is said once somebody does", async () => {
    const { deps, table } = await start();
    await table.put(itemOf({ followed: false }));
    const run = Run.fromItem(table, itemOf({ followed: false }));
    const world = { deps, table, run };
    const written = async () =>
      (await table.query({ pk: Layout.eventPartition(run, run.runId) })).items.length;
    const quiet = EventLog.openWriter(deps, run);
    quiet.hear(text("Hello "));
    quiet.hear(text("there, more than fits into one entry of the log, by far."));
    await systemClock.sleep(20);
    expect(await written()).toBe(0);
    expect(await Run.newsOf(deps, run, 1)).toBeUndefined();

    const signal = AbortSignal.timeout(10_000);
    const patient = EventLog.follow(deps, run, { signal, idleMs: 1, isPatient: true });
    expect((await patient.next()).value).toEqual({ kind: "idle" });
    expect(await Run.newsOf(deps, run, 1)).toBeUndefined();
    const reading = read(world);
    await expect.poll(() => Run.newsOf(deps, run, 1)).toBe("followed");
    quiet.pace();
    await expect.poll(written).toBeGreaterThan(0);
    const hint = await quiet.seal(
      body("Hello there, more than fits into one entry of the log, by far."),
    );
    await EventLog.close(deps, await finish(world), hint);
    expect(joined(await reading)).toBe(
      "Hello there, more than fits into one entry of the log, by far.",
    );
  });

  test("is read though nobody can note that it is, and noted as soon as that can be", async () => {
    const { deps, table } = await start();
    await table.put(itemOf({ followed: false }));
    const run = Run.fromItem(table, itemOf({ followed: false }));
    let refusals = 0;
    const away: typeof table = {
      ...table,
      async update(...call) {
        if (refusals++ < 3) throw new StoreUnavailable("The table is busy");
        return table.update(...call);
      },
    };
    const reading = read({ deps: { ...deps, table: away }, run });
    await expect.poll(() => Run.newsOf(deps, run, 1)).toBe("followed");
    const writer = EventLog.openWriter(deps, run);
    writer.hear(text("Hello."));
    const hint = await writer.seal(body("Hello."));
    await EventLog.close(deps, await finish({ deps, table, run }), hint);
    expect(joined(await reading)).toBe("Hello.");
    expect(refusals).toBeGreaterThan(3);
  });

  test("that is followed too late brings no run back", async () => {
    const { deps, run, table } = await start();
    const waiting = { ...run, followed: false };
    await table.remove(Layout.run(address, "R"));
    expect(await Run.noteFollowed(deps, waiting)).toBe(false);
    expect(await table.get(Layout.run(address, "R"))).toBeUndefined();
    await table.put(itemOf({ status: "completed", followed: false }));
    await Run.noteFollowed(deps, waiting);
    expect(await table.get(Layout.run(address, "R"))).toMatchObject({ followed: false });
  });

  test("begins anew with a later attempt, and the one before writes no more", async () => {
    const world = await start();
    const first = EventLog.openWriter(world.deps, world.run);
    first.hear(text("Too slow"));
    await until(async () => (await tail(world)) > 0);
    const run = { ...world.run, token: 2, attempts: 2 };
    const second = EventLog.openWriter(world.deps, run);
    second.hear(text("In time."));
    await until(async () => (await tail(world)) > 2);
    first.hear(text(" and late"));
    expect(await first.seal(body("Too slow and late"))).toBeUndefined();
    const hint = await second.seal(body("In time."));
    await EventLog.close(world.deps, await finish({ ...world, run }), hint);
    const events = await read(world);
    expect(joined(events)).toBe("In time.");
    expect(events.filter(({ kind }) => kind === "attempt")).toHaveLength(2);
  });

  test("of a run that nobody ended by answering has no text, whoever closes it", async () => {
    const world = await start();
    const writer = EventLog.openWriter(world.deps, world.run);
    writer.hear(text("In vain"));
    await until(async () => (await tail(world)) > 0);
    await writer.rest();
    const run = await finish(world, { status: "failed", usage: null, token: 2 });
    const ended = { ...world, run };
    const [one, other] = await Promise.all([read(ended), read(ended)]);
    expect(joined(one)).toBe("");
    expect(one).toEqual(other);
    expect(one.filter(({ kind }) => kind === "end")).toHaveLength(1);
  });

  test("goes on behind its end where the run was redriven, and is not closed by who came late", async () => {
    const world = await start();
    const failed = await finish(world, { status: "failed" });
    await EventLog.close(world.deps, failed);
    const run = { ...world.run, token: 2, redrives: 1 };
    const writer = EventLog.openWriter(world.deps, run);
    writer.hear(text("Now."));
    const hint = await writer.seal(body("Now."));
    await EventLog.close(world.deps, failed);
    await EventLog.close(world.deps, await finish({ ...world, run }), hint);
    const events = await read(world);
    expect(events.map(({ kind }) => kind)).toEqual(["end", "attempt", "text", "end"]);
  });

  test("holds nothing once it was removed, though its writer goes on", async () => {
    const world = await start();
    const writer = EventLog.openWriter(world.deps, world.run);
    writer.hear(text("Secret"));
    await until(async () => (await tail(world)) > 0);
    await EventLog.remove(world.deps, world.run);
    writer.hear(text(" more"));
    expect(await writer.seal(body("Secret more"))).toBeUndefined();
    const { items } = await world.table.query({ pk: Layout.eventPartition(address, "R") });
    expect(items.map(({ told }) => told)).toEqual([undefined, undefined]);
    expect(await read(world)).toEqual([]);
  });

  test("is written in the end where the table was away for a while", async () => {
    const memory = createMemoryTable();
    let refusals = 3;
    const table = watchedTable({
      ...memory,
      async put(item, condition) {
        refusals -= 1;
        // Every other one was carried out all the same.
        if (refusals % 2 === 0) await memory.put(item, condition);
        if (refusals >= 0) throw new StoreUnavailable("away");
        return memory.put(item, condition);
      },
    });
    const world = { ...(await start()), table };
    const deps = { ...world.deps, table };
    const writer = EventLog.openWriter(deps, world.run);
    for (const word of ["One ", "two ", "three ", "four."]) {
      writer.hear(text(word));
      await systemClock.sleep(8);
    }
    const hint = await writer.seal(body("One two three four."));
    refusals = 0;
    await EventLog.close(deps, await finish({ ...world, deps }), hint);
    expect(joined(await read({ ...world, deps }))).toBe("One two three four.");
  });
});

/** Of how many events a log is so far. */
async function tail({ table }: World): Promise<number> {
  const { items } = await table.query({ pk: Layout.eventPartition(address, "R") });
  return items.reduce((sum, { told }) => sum + JSON.parse(String(told)).length, 0);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await systemClock.sleep(1);
}
