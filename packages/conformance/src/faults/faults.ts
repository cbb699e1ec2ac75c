import type { Prng } from "./prng.ts";

/** How likely each failure is at each opportunity, and how many there may be in an episode. */
export interface FaultRates {
  /** The process dies before the call, or after it was carried out. */
  kill: number;
  /** StoreUnavailable, and nothing was done. */
  refused: number;
  /** StoreUnavailable, though the call was carried out. */
  replyLost: number;
  /** The reply is lost, the SDK sends the write once more, and the caller sees the second reply. */
  sentTwice: number;
  /** The process stands still for longer than a lease. */
  stall: number;
  /** A doorbell vanishes. */
  bellLost: number;
  /** A doorbell is delivered twice. */
  bellTwice: number;
  max: number;
}

export const noFaults: FaultRates = {
  kill: 0,
  refused: 0,
  replyLost: 0,
  sentTwice: 0,
  stall: 0,
  bellLost: 0,
  bellTwice: 0,
  max: 0,
};

type CallFault = "killBefore" | "killAfter" | "refused" | "replyLost" | "sentTwice" | "stall";

/** Decides what goes wrong. Each fault has a number, so that one can be left out of a repetition. */
export interface Faults {
  atCall(options: { worker: boolean; write: boolean }): CallFault | undefined;
  atBell(): "bellLost" | "bellTwice" | undefined;
  /** Faults so far, by kind. */
  readonly counts: ReadonlyMap<string, number>;
  stop(): void;
}

/** The n-th call of any worker, where one is to die at that very point. */
export interface KillPoint {
  call: number;
  when: "before" | "after";
}

export function createFaults(
  prng: Prng,
  rates: FaultRates,
  options: { killPoint?: KillPoint | undefined; leftOut?: ReadonlySet<number> | undefined } = {},
): Faults {
  const { killPoint, leftOut } = options;
  const counts = new Map<string, number>();
  let number = 0;
  let stopped = false;
  let workerCalls = 0;
  const count = <T extends string>(kind: T): T | undefined => {
    number += 1;
    if (leftOut?.has(number)) return undefined;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return kind;
  };
  return {
    counts,
    atCall({ worker, write }) {
      if (worker) workerCalls += 1;
      if (killPoint && worker && workerCalls === killPoint.call) {
        return count(killPoint.when === "before" ? "killBefore" : "killAfter");
      }
      if (stopped || number >= rates.max) return undefined;
      let roll = prng.next();
      const hits = (rate: number) => {
        roll -= rate;
        return roll < 0;
      };
      if (hits(rates.kill)) return count(prng.chance(0.5) ? "killBefore" : "killAfter");
      if (hits(rates.refused)) return count("refused");
      if (hits(rates.replyLost)) return count("replyLost");
      if (hits(rates.sentTwice)) return write ? count("sentTwice") : undefined;
      if (hits(rates.stall)) return count("stall");
      return undefined;
    },
    atBell() {
      if (stopped || number >= rates.max) return undefined;
      const roll = prng.next();
      if (roll < rates.bellLost) return count("bellLost");
      return roll < rates.bellLost + rates.bellTwice ? count("bellTwice") : undefined;
    },
    stop() {
      stopped = true;
    },
  };
}
