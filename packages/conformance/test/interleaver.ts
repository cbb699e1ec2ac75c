import type { Guard } from "./publishing-world.ts";

/**
 * Runs processes so that at any time one of them is at work and all others wait before a call of a
 * port. Whose turn is next is drawn: the same numbers give the same interleaving. Turns come in
 * bursts, so that one process waits while another does a great deal.
 * @param draw numbers from 0.
 */
export function createInterleaver(draw: () => number) {
  const waiting = new Map<number, () => void>();
  let rested: () => void = () => undefined;

  const turn = (id: number) =>
    new Promise<void>((resolve) => {
      waiting.set(id, resolve);
      rested();
    });
  const guardOf =
    (id: number): Guard =>
    (port) =>
      new Proxy(port, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name);
          if (typeof method !== "function") return method;
          return async (...args: unknown[]) => {
            await turn(id);
            const answer: unknown = await Reflect.apply(method, target, args);
            return answer;
          };
        },
      });

  async function run(processes: ((guard: Guard) => Promise<void>)[]): Promise<void> {
    let live = processes.length;
    const ends = processes.map((process, id) =>
      turn(id)
        .then(() => process(guardOf(id)))
        .finally(() => {
          live -= 1;
          rested();
        }),
    );
    let favourite = 0;
    while (live > 0) {
      const drawn = draw();
      if (drawn % burst === 0) favourite = Math.floor(drawn / burst) % processes.length;
      const ids = [...waiting.keys()];
      const id = ids.includes(favourite) ? favourite : (ids[drawn % ids.length] ?? -1);
      const next = waiting.get(id);
      if (!next) throw new Error("a process waits for none of its ports");
      waiting.delete(id);
      const rest = new Promise<void>((resolve) => (rested = resolve));
      next();
      await rest;
    }
    await Promise.all(ends);
  }

  return { run };
}

/** Turns in a row, on average. */
const burst = 12;
