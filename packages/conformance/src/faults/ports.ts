import {
  type Item,
  type Key,
  keyOfWrite,
  type Log,
  type ObjectStore,
  type Queue,
  type Table,
  type Write,
} from "@outlet/core/ports";
import type { Faults } from "./faults.ts";
import { canonical } from "./item-fields.ts";
import type { Journal } from "./journal.ts";
import { unavailable } from "./stores.ts";
import type { Process, World } from "./world.ts";

/** What the ports of all processes of an episode have in common. */
export interface Surroundings {
  world: World;
  faults: Faults;
  journal: Journal;
  /** The real stores, this episode's part of them. */
  table: Table;
  objects: ObjectStore;
  /** The same past all trouble: for the harness itself. */
  trusted: { table: Table; objects: ObjectStore };
  /** Hands a doorbell over to the broker. */
  send: (body: string, group: string, delaySeconds: number) => Promise<void>;
  /** Which stores are out at the moment. */
  outages: Set<"table" | "queue">;
  stallMs: () => number;
  /** The process was killed by a fault. */
  killed: (process: Process) => void;
}

/** The stores as one process sees them. Each call is a step, and may go wrong in every way. */
export function portsOf(surroundings: Surroundings, process: Process, isWorker: boolean) {
  const { world, journal, outages } = surroundings;

  function step<T>(
    store: "table" | "queue" | "objects",
    label: string,
    write: boolean,
    carryOut: () => Promise<T>,
    unmet?: T,
  ): Promise<T> {
    let sentBefore = false;
    return world.call<T>(process, label, async () => {
      if (sentBefore) return settle(carryOut());
      const fault = surroundings.faults.atCall({ worker: isWorker, write });
      if (fault) world.note(`  ! ${fault}`);
      if (fault === "killBefore") return die();
      if (fault === "stall") {
        world.freeze(process, world.now() + surroundings.stallMs());
        return "later";
      }
      // Where others write to one of several items, that is no outage.
      if (fault === "refused" && unmet !== undefined && world.now() % 2 === 0) {
        return { value: unmet };
      }
      if (fault === "refused" || (store !== "objects" && outages.has(store))) {
        return { error: unavailable(store) };
      }
      const reply = await settle(carryOut());
      if (fault === "killAfter") return die();
      if (fault === "replyLost") return { error: unavailable(store) };
      sentBefore = fault === "sentTwice";
      return sentBefore ? "later" : reply;
    });
  }

  function die(): "killed" {
    world.kill(process);
    surroundings.killed(process);
    return "killed";
  }

  const table = journalled(surroundings, process, (label, write, carryOut, unmet) =>
    step("table", label, write, carryOut, unmet),
  );
  const objects: ObjectStore = {
    put: (path, body, contentType) =>
      step("objects", `store ${path}`, true, () =>
        surroundings.objects.put(path, body, contentType),
      ),
    get: (path) => step("objects", `load ${path}`, false, () => surroundings.objects.get(path)),
    getRange: (path, from, length) =>
      step("objects", `load part of ${path}`, false, () =>
        surroundings.objects.getRange(path, from, length),
      ),
    remove: (path) =>
      step("objects", `remove ${path}`, true, () => surroundings.objects.remove(path)),
  };
  const queue: Queue = {
    send: (body, { group, delaySeconds = 0 }) =>
      step("queue", "ring", false, () => surroundings.send(body, group, delaySeconds)),
  };
  const log: Log = {
    debug() {},
    info: () => {},
    warn: (message) => world.note(`${process.name} says: ${message}`),
    error: (message, fields) =>
      world.note(`${process.name} says: ${message} ${String(fields?.cause ?? "")}`),
  };
  return { table, objects, queue, log, clock: world.clockOf(process), journal };
}

type Stepping = <T>(
  label: string,
  write: boolean,
  carryOut: () => Promise<T>,
  unmet?: T,
) => Promise<T>;

/** The table with a record of every write that was carried out. */
function journalled(surroundings: Surroundings, process: Process, step: Stepping): Table {
  const { journal, table, trusted } = surroundings;

  async function write<T>(
    key: Key,
    carryOut: () => Promise<T>,
    outcome: (result: T, before: Item | undefined) => Item | undefined | "refused",
    change?: Parameters<Table["update"]>[1],
  ): Promise<T> {
    const { pk, sk } = key;
    const before = journal.itemAt(key);
    const seen = { process: process.name, key: { pk, sk }, before, ...(change ? { change } : {}) };
    const settled = await settle(carryOut());
    const after = "value" in settled ? outcome(settled.value, before) : "refused";
    if (after === "refused") surroundings.world.note("  not written");
    if (after !== "refused") journal.record({ ...seen, after });
    else await catchUp(seen);
    if ("error" in settled) throw settled.error;
    return settled.value;
  }

  /**
   * A write whose reply was lost on the wire may have been carried out all the same: on a slow
   * machine, or where somebody sees to it, the SDK really does send twice.
   */
  async function catchUp(seen: Omit<Parameters<Journal["record"]>[0], "after">): Promise<void> {
    for (let tries = 0; ; tries++) {
      const read = await settle(trusted.table.get(seen.key));
      if ("error" in read && tries < 20) continue;
      if ("error" in read) throw read.error;
      if (canonical(read.value) === canonical(seen.before)) return;
      return journal.record({ ...seen, after: read.value });
    }
  }

  /**
   * All of them were carried out, or none. They are held against the invariants one after the other,
   * in the order in which the caller names them: as if each had been a write of its own.
   */
  async function writeTogether(writes: readonly Write[]): Promise<boolean> {
    const seen = writes.map((write) => {
      const key = keyOfWrite(write);
      const change = "item" in write ? {} : { change: write.change };
      return { process: process.name, key, before: journal.itemAt(key), ...change };
    });
    const settled = await settle(table.transact(writes));
    if ("value" in settled && !settled.value) surroundings.world.note("  not written");
    for (const one of seen) await catchUp(one);
    if ("error" in settled) throw settled.error;
    return settled.value;
  }

  return {
    get: (key) => step(`get ${short(key)}`, false, () => table.get(key)),
    query: (range) => step(`query ${range.index ?? ""}`, false, () => table.query(range)),
    put: (item, condition) =>
      step(`put ${short(item)}`, true, () =>
        write(
          item,
          () => table.put(item, condition),
          (held) => (held ? item : "refused"),
        ),
      ),
    update: (key, change, condition) =>
      step(`update ${short(key)} ${describe(change)}`, true, () =>
        write(
          key,
          () => table.update(key, change, condition),
          (item) => item ?? "refused",
          change,
        ),
      ),
    remove: (key, condition) =>
      step(`remove ${short(key)}`, true, () =>
        write(
          key,
          () => table.remove(key, condition),
          (held, before) => (held && before ? undefined : "refused"),
        ),
      ),
    transact: (writes) =>
      step(
        `together ${writes.map((it) => short(keyOfWrite(it))).join(", ")}`,
        true,
        () => writeTogether(writes),
        false,
      ),
  };
}

const settle = <T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** The last eight characters of an id tell runs apart. */
const short = ({ pk, sk }: Key): string => {
  const conversation = pk.startsWith("CONV#") ? `${pk.split("#").at(-1)} ` : "";
  return `${conversation}${sk.replace(/[0-9A-Z]{18}(?=[0-9A-Z]{8}(#|$))/, "…")}`;
};

function describe(change: Parameters<Table["update"]>[1]): string {
  const set = Object.entries(change.set ?? {})
    .filter(([name]) => shown.has(name))
    .map(([name, value]) => `${name}=${String(value)}`);
  const other = Object.entries(change)
    .filter(([kind]) => kind !== "set" && kind !== "setIfAbsent")
    .map(([kind, value]) => `${kind}:${Array.isArray(value) ? value : Object.keys(value)}`);
  return [...set, ...other].join(" ");
}

const shown = new Set(["status", "token", "leaseUntil", "last", "parent", "cancelRequestedAt"]);
