import type { Answering } from "../answering/index.ts";
import * as Mailbox from "../conversation/mailbox.ts";
import { pause } from "../conversation/pause.ts";
import { type Clock, type Log, StoreUnavailable, type Table } from "../../ports/index.ts";
import * as Run from "../run/index.ts";

export interface WatchPolicy {
  /** A lease not extended for so long is dead. */
  leaseMs: number;
  /** Between two extensions of the lease. */
  heartbeatMs: number;
  /** Between two looks for a cancel, or for somebody who follows; where the table tells of writes, it is seen at once. */
  cancelPollMs: number;
  /** A run that takes longer fails with `run_timeout`. */
  runTimeMaxMs: number;
}

/** The right to read a mailbox: one for all runs that its holder answers under it. */
export interface Lease {
  token: number;
  /** Epoch milliseconds. */
  extendedAt: number;
}

interface Deps {
  table: Table;
  clock: Clock;
  log: Log;
  policy: WatchPolicy;
}

interface Watch {
  signal: AbortSignal;
  stop(): Promise<void>;
}

/** Kept free before the deadline for the last writes. */
export const marginMs = 10_000;

/**
 * Extends the lease, and looks for a cancel and for somebody who follows while the model is at work;
 * ends it at its time limit.
 * Many short runs wear out a lease as one long run does: it is extended when it is time, whichever
 * of them is at work then.
 */
export function keepAlive(
  deps: Deps,
  run: Run.State,
  lease: Lease,
  limits: { deadline: number; shutdown?: AbortSignal },
  onFollowed: () => void,
): Watch {
  const { leaseMs, heartbeatMs, cancelPollMs, runTimeMaxMs } = deps.policy;
  const { token } = lease;
  const work = new AbortController();
  const done = new AbortController();
  const interrupt = (reason: Answering.Interruption) => work.abort(reason);
  const shutdown = () => interrupt("shutdown");
  limits.shutdown?.addEventListener("abort", shutdown, { once: true });
  const endsAt = Math.min(deps.clock.now() + runTimeMaxMs, limits.deadline - marginMs);

  /** @returns why the attempt has to stop, if it has to. */
  async function look(): Promise<Answering.Interruption | undefined> {
    const now = deps.clock.now();
    if (now >= lease.extendedAt + heartbeatMs) {
      if (!(await Mailbox.extend(deps, run, token, leaseMs))) return "overtaken";
      lease.extendedAt = now;
    }
    const news = await Run.newsOf(deps, run, token);
    if (news !== "followed") return news;
    onFollowed();
    return undefined;
  }

  async function beat(): Promise<void> {
    let told = Run.watch(deps.table, run, run.runId);
    try {
      for (;;) {
        const now = deps.clock.now();
        if (now >= endsAt) return interrupt("run_timeout");
        const extendInMs = Math.max(0, lease.extendedAt + heartbeatMs - now);
        const ms = Math.min(cancelPollMs, extendInMs, endsAt - now);
        await pause(deps.clock, ms, [told], done.signal);
        if (done.signal.aborted) return;
        // Before the look: of what is written after it, this tells.
        told?.close();
        told = Run.watch(deps.table, run, run.runId);
        try {
          const reason = await look();
          if (reason) return interrupt(reason);
        } catch (error) {
          // A table that is away for a moment is no reason to break off a model: the lease lasts.
          const isOurs = deps.clock.now() < lease.extendedAt + leaseMs - heartbeatMs;
          if (!(error instanceof StoreUnavailable) || !isOurs) throw error;
          deps.log.warn("heartbeat missed", { runId: run.runId, cause: error });
          await pause(deps.clock, Math.min(cancelPollMs, heartbeatMs), [], done.signal);
        }
      }
    } finally {
      told?.close();
    }
  }

  const beating = beat().catch((error: unknown) => {
    if (done.signal.aborted) return;
    // Without a heartbeat the lease dies and somebody else takes over: stop rather than compete.
    deps.log.error("heartbeat failed", { runId: run.runId, cause: error });
    interrupt("overtaken");
  });
  return {
    signal: work.signal,
    async stop() {
      limits.shutdown?.removeEventListener("abort", shutdown);
      done.abort(ended);
      await beating;
    },
  };
}

/** One for all: a reason of its own for each, with its stack, is dear. */
const ended = new Error("The attempt has ended.");
