import { describe, expect, test } from "vitest";
import type { ObjectStore, Table } from "../../ports/index.ts";
import { dying, surviving } from "../../ports/dying.test-support.ts";
import { createMemoryTable } from "../../ports/memory-table.test-support.ts";
import { createRetriever } from "./retriever.ts";
import { storePassages } from "./passage-store.ts";
import { removeIndex, strike } from "./pointer.ts";
import { publish, type Wanted } from "./publish.ts";

const botId = "B";

function createStores() {
  const objects = new Map<string, Uint8Array>();
  const store: ObjectStore = {
    put: async (path, bytes) => void objects.set(path, bytes),
    get: async (path) => objects.get(path),
    getRange: async (path, from, length) => objects.get(path)?.subarray(from, from + length),
    remove: async (path) => void objects.delete(path),
  };
  return { table: createMemoryTable(), objects: store, stored: objects };
}

function createWorld() {
  const { table, objects, stored } = createStores();
  let now = 1_800_000_000_000;
  const clock = { now: () => now, sleep: async () => undefined };
  const sources = new Map<string, Wanted>();
  const wanted = async () => [...sources.values()];
  const deps = { table, objects, clock };
  return {
    deps,
    /** Paths of indexes. */
    indexes: () => [...stored.keys()].filter((path) => path.includes("/index/")),
    pass: (ms: number) => {
      now += ms;
    },
    async put(sourceId: string, version: string, ...texts: string[]) {
      const passages = texts.map((text) => ({ text, place: { headings: [] } }));
      await storePassages(objects, botId, { sourceId, version }, passages);
      sources.set(sourceId, { sourceId, version, name: sourceId });
    },
    forget: (sourceId: string) => void sources.delete(sourceId),
    publish: (over: Partial<typeof deps> = {}) => publish({ ...deps, ...over }, botId, wanted),
    async find(question: string) {
      const { passages } = await createRetriever(deps).search(botId, question, 8);
      return passages.map(({ sourceId, text }) => `${sourceId}: ${text}`);
    },
  };
}

describe("publishing an index", () => {
  test("changed, new and removed sources are found as they are now, and nothing is left over", async () => {
    const world = createWorld();
    await world.put("a", "1", "red apples");
    await world.put("b", "1", "yellow pears");
    await world.publish();
    expect(await world.find("apples")).toEqual(["a: red apples"]);
    await world.put("a", "2", "green plums");
    await world.put("c", "1", "blue plums");
    world.forget("b");
    await world.publish();
    expect(await world.find("plums")).toEqual(["a: green plums", "c: blue plums"]);
    expect(await world.find("apples pears")).toEqual([]);
    expect(world.indexes()).toHaveLength(1);
    await removeIndex(world.deps, botId);
    expect(world.indexes()).toEqual([]);
    expect(await world.find("plums")).toEqual([]);
  });

  test("only what changed is read again", async () => {
    const world = createWorld();
    for (let i = 0; i < 20; i++) await world.put(`s${i}`, "1", `text ${i}`);
    await world.publish();
    await world.put("s7", "2", "another text");
    const read: string[] = [];
    const get: ObjectStore["get"] = (path) => {
      read.push(path);
      return world.deps.objects.get(path);
    };
    await world.publish({ objects: { ...world.deps.objects, get } });
    expect(read.filter((path) => path.includes("/passages/"))).toEqual([
      "knowledge/B/s7/passages/2",
    ]);
    read.length = 0;
    await world.publish({ objects: { ...world.deps.objects, get } });
    expect(read).toEqual([]);
  });

  test("the old one serves until the new one is whole, wherever the process dies; the next mends it", async () => {
    for (const after of [false, true]) {
      let done = false;
      for (let nth = 1; !done; nth++) {
        const world = createWorld();
        await world.put("a", "1", "old words");
        await world.publish();
        await world.put("b", "1", "new words");
        done = await surviving(world.publish(dying(world.deps, nth, after)));
        const found = await world.find("words");
        expect([["a: old words"], ["a: old words", "b: new words"]]).toContainEqual(
          found.toSorted(),
        );
        // What is wanted may have changed when another takes over.
        await world.put("c", "1", "newer words");
        world.pass(16 * 60_000);
        await world.publish();
        expect(await world.find("words")).toHaveLength(3);
        expect(world.indexes()).toHaveLength(1);
      }
    }
  });

  test("a bot that is being deleted keeps nothing, wherever the process dies", async () => {
    let done = false;
    for (let nth = 1; !done; nth++) {
      const world = createWorld();
      await world.put("a", "1", "old words");
      await world.publish();
      await world.put("b", "1", "new words");
      await surviving(world.publish(dying(world.deps, nth, false)));
      world.forget("a");
      world.forget("b");
      done = await surviving(removeIndex(dying(world.deps, nth, true), botId));
      await removeIndex(world.deps, botId);
      expect(world.indexes()).toEqual([]);
    }
  });

  test("of two that build at once both end, and the index is of everything", async () => {
    const world = createWorld();
    await world.put("a", "1", "first words");
    await Promise.all([world.publish(), world.put("b", "1", "second words"), world.publish()]);
    await world.publish();
    expect((await world.find("words")).toSorted()).toEqual(["a: first words", "b: second words"]);
    expect(world.indexes()).toHaveLength(1);
  });

  test("a removed source is not found from that moment on, and is out of the next index", async () => {
    const world = createWorld();
    await world.put("a", "1", "two keys");
    await world.put("b", "1", "two doors");
    await world.publish();
    world.forget("a");
    await strike(world.deps.table, botId, "a");
    expect(await world.find("two keys")).toEqual(["b: two doors"]);
    await world.publish();
    expect(await world.find("two keys")).toEqual(["b: two doors"]);
    // And in place of the next one of that name.
    await world.put("a", "2", "three keys");
    await world.publish();
    expect(await world.find("keys")).toEqual(["a: three keys"]);
  });
});

describe("a process that searches", () => {
  test("loads an index once for all questions, and the next one after a change", async () => {
    const world = createWorld();
    await world.put("a", "1", "one word", "another word");
    await world.publish();
    const loaded: string[] = [];
    const get: ObjectStore["get"] = (path) => {
      loaded.push(path);
      return world.deps.objects.get(path);
    };
    const objects = { ...world.deps.objects, get };
    const retriever = createRetriever({ ...world.deps, objects });
    const ask = () => retriever.search(botId, "word", 8);
    await Promise.all([ask(), ask(), ask()]);
    expect((await ask()).passages).toHaveLength(2);
    expect(loaded).toHaveLength(1);
    await world.put("b", "1", "a third word");
    await world.publish();
    expect((await ask()).passages).toHaveLength(3);
    expect(loaded).toHaveLength(2);
  });

  test("does not keep a failure, and looks again where an index has just been replaced", async () => {
    const world = createWorld();
    await world.put("a", "1", "one word");
    await world.publish();
    let failures = 1;
    const get: ObjectStore["get"] = async (path) => {
      if (failures-- > 0) throw new Error("no store");
      return world.deps.objects.get(path);
    };
    const objects = { ...world.deps.objects, get };
    const retriever = createRetriever({ ...world.deps, objects });
    await expect(retriever.search(botId, "word", 8)).rejects.toThrow("no store");
    expect((await retriever.search(botId, "word", 8)).passages).toHaveLength(1);
    const [path = ""] = world.indexes();
    let table: Table = world.deps.table;
    let reads = 0;
    table = {
      ...table,
      get: async (key) => {
        const item = await world.deps.table.get(key);
        // Between the pointer and the index another takes its place.
        if (reads++ === 0) {
          await world.put("a", "2", "two words");
          await world.publish();
          expect(world.indexes()).not.toContain(path);
        }
        return item;
      },
    };
    const late = createRetriever({ ...world.deps, table });
    expect((await late.search(botId, "words", 8)).passages).toMatchObject([{ text: "two words" }]);
  });

  test("of a bot without knowledge finds nothing", async () => {
    const world = createWorld();
    expect(await world.find("anything")).toEqual([]);
  });
});
