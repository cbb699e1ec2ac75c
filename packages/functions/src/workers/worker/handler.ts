import * as Worker from "@outlet/core/conversations/worker";
import * as Bell from "@outlet/core/conversations/bell";
import { handleBatch, type QueueHandler } from "../batch.ts";

export type WorkerDeps = Worker.Deps;

/**
 * Answers messages: each record is a doorbell that names a conversation.
 * @param shutdown aborted when the process has to stop: open runs are handed over.
 */
export function createWorker(deps: WorkerDeps, shutdown?: AbortSignal): QueueHandler {
  return function handleBells(event, context) {
    const deadline = deps.clock.now() + context.getRemainingTimeInMillis();
    return handleBatch(event, deps.log, (record) =>
      Worker.work(deps, Bell.parse(record.body), {
        deadline,
        ...(shutdown ? { shutdown } : {}),
      }),
    );
  };
}
