import type { Clock } from "@outlet/core/ports";
import type { Prng } from "./prng.ts";

/**
 * A world in which one thing happens at a time. Processes run the real code up to their next call
 * of a port; which call is carried out next, when a timer fires and when time passes is the
 * scheduler's choice, taken from a seed. Between two steps no process has anything to do.
 */
export interface World {
  /** Virtual epoch milliseconds, as a clock without error shows them. */
  now(): number;
  readonly prng: Prng;
  readonly log: readonly string[];
  note(text: string): void;
  /** A process: whatever it awaits goes through the ports bound to it. */
  start(name: string, clockOffsetMs: number): Process;
  /** Runs code in a process. `done` is told how it ended, never if the process is killed. */
  spawn<T>(process: Process, run: () => Promise<T>, done: (outcome: Outcome<T>) => void): void;
  /** Nothing of it is heard of again, nor does it hear of anything. */
  kill(process: Process): void;
  /** It does nothing until then, while the others go on. */
  freeze(process: Process, untilMs: number): void;
  /** A call of a port: waits for its turn, is carried out, and what it came to goes back. */
  call<T>(process: Process, label: string, carryOut: () => Promise<Reply<T>>): Promise<T>;
  clockOf(process: Process): Clock;
  /** Something from outside, at its time or later. */
  at(ms: number, label: string, happen: () => Promise<void> | void): void;
  /** Offers further choices to each step, such as handing a message to a worker. */
  offer(source: () => Choice[]): void;
  /**
   * Takes steps until nothing can happen any more, or until `isOver`.
   * @returns the number of steps taken.
   * @throws StepsExhausted
   */
  run(isOver: () => boolean, stepsMax: number): Promise<number>;
}

export interface Process {
  readonly name: string;
  readonly clockOffsetMs: number;
  readonly alive: boolean;
}

type Outcome<T> = { value: T } | { error: unknown };

/**
 * What goes back to the caller; nothing at all where the process died in the middle. `later`: the
 * call waits for another turn.
 */
type Reply<T> = { value: T } | { error: unknown } | "killed" | "later";

export interface Choice {
  label: string;
  happen(): Promise<void> | void;
}

export class StepsExhausted extends Error {
  override name = "StepsExhausted";
}

interface Live extends Process {
  alive: boolean;
  frozenUntil: number;
  tasks: number;
}

interface Call {
  process: Live;
  label: string;
  happen(): Promise<void>;
}

interface Timer {
  process: Live;
  dueAt: number;
  fire(): void;
}

interface Event {
  at: number;
  label: string;
  happen(): Promise<void> | void;
}

/** Turns of the event loop that a process may take between two calls of ports; most take a few. */
const hastyTurns = 2_000;
const turnsMax = hastyTurns + 15_000;

export function createWorld(prng: Prng, startMs: number): World {
  let now = startMs;
  const log: string[] = [];
  const live = new Set<Live>();
  let calls: Call[] = [];
  let timers: Timer[] = [];
  let events: Event[] = [];
  const sources: (() => Choice[])[] = [];

  const note = (text: string) => {
    log.push(`${String(Math.round(now - startMs)).padStart(7)} ${text}`);
  };
  const awake = (process: Live) => process.frozenUntil <= now;
  const known = (process: Process): Live => process as Live;

  /** Lets every process come as far as it can without the world. */
  async function settle(): Promise<void> {
    for (let turns = 0; turns < turnsMax; turns++) {
      // What goes over a real socket takes a busy machine its time: only what hangs is given up.
      await new Promise((resolve) =>
        turns < hastyTurns ? setImmediate(resolve) : setTimeout(resolve, 2),
      );
      const waiting = new Set<Live>([...calls, ...timers].map(({ process }) => process));
      const busy = [...live].find((process) => process.tasks > 0 && !waiting.has(process));
      if (!busy) return;
    }
    throw new Error("A process waits for something that is not a port.");
  }

  function choices(): Choice[] {
    return [
      ...calls.filter(({ process }) => awake(process)),
      ...timers
        .filter((timer) => timer.dueAt <= now && awake(timer.process))
        .map((timer) => ({
          label: "",
          happen() {
            timers = timers.filter((other) => other !== timer);
            timer.fire();
          },
        })),
      ...events
        .filter((event) => event.at <= now)
        .map((event) => ({
          label: event.label,
          happen() {
            events = events.filter((other) => other !== event);
            return event.happen();
          },
        })),
      ...sources.flatMap((source) => source()),
    ];
  }

  /** To when something can happen next; sources of choices set events of their own. */
  function nextTime(): number {
    return Math.min(
      ...calls.map(({ process }) => process.frozenUntil),
      ...timers.map(({ dueAt, process }) => Math.max(dueAt, process.frozenUntil)),
      ...events.map(({ at }) => at),
    );
  }

  return {
    now: () => now,
    prng,
    log,
    note,
    start(name, clockOffsetMs) {
      return { name, clockOffsetMs, alive: true, frozenUntil: 0, tasks: 0 } as Live;
    },
    spawn(handle, run, done) {
      const process = known(handle);
      live.add(process);
      process.tasks += 1;
      const end = <T>(outcome: Outcome<T>, tell: (outcome: Outcome<T>) => void) => {
        if (!process.alive) return;
        process.tasks -= 1;
        if (process.tasks === 0) live.delete(process);
        tell(outcome);
      };
      run().then(
        (value) => end({ value }, done),
        (error: unknown) => end({ error }, done),
      );
    },
    kill(handle) {
      const process = known(handle);
      process.alive = false;
      live.delete(process);
      calls = calls.filter((call) => call.process !== process);
      timers = timers.filter((timer) => timer.process !== process);
    },
    freeze(handle, untilMs) {
      known(handle).frozenUntil = untilMs;
    },
    call<T>(handle: Process, label: string, carryOut: () => Promise<Reply<T>>): Promise<T> {
      const process = known(handle);
      return new Promise<T>((resolve, reject) => {
        if (!process.alive) return;
        const call: Call = {
          process,
          label: `${process.name} ${label}`,
          async happen() {
            calls = calls.filter((other) => other !== call);
            const reply = await carryOut();
            if (!process.alive || reply === "killed") return;
            if (reply === "later") calls.push(call);
            else if ("value" in reply) resolve(reply.value);
            else reject(reply.error);
          },
        };
        calls.push(call);
      });
    },
    clockOf(handle) {
      const process = known(handle);
      return {
        now: () => Math.floor(now + process.clockOffsetMs),
        sleep: (ms, signal) =>
          new Promise((resolve, reject) => {
            if (!process.alive) return;
            if (signal?.aborted) return reject(signal.reason);
            const abort = () => {
              timers = timers.filter((other) => other !== timer);
              reject(signal?.reason);
            };
            const timer: Timer = {
              process,
              dueAt: now + ms,
              fire() {
                signal?.removeEventListener("abort", abort);
                resolve();
              },
            };
            timers.push(timer);
            signal?.addEventListener("abort", abort, { once: true });
          }),
      };
    },
    at(ms, label, happen) {
      events.push({ at: ms, label, happen });
    },
    offer(source) {
      sources.push(source);
    },
    async run(isOver, stepsMax) {
      await settle();
      for (let steps = 0; steps < stepsMax; steps++) {
        if (isOver()) return steps;
        const possible = choices();
        if (possible.length === 0) {
          const next = nextTime();
          if (next === Number.POSITIVE_INFINITY) return steps;
          now = Math.max(now, next);
          continue;
        }
        const choice = prng.pick(possible);
        if (choice.label) note(choice.label);
        // A call takes its time.
        now += prng.between(1, 4);
        await choice.happen();
        await settle();
      }
      throw new StepsExhausted(`It did not come to rest within ${stepsMax} steps.`);
    },
  };
}
