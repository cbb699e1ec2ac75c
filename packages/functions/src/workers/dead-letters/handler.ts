import { Bell } from "@outlet/core/conversations/bell";
import { Mailbox } from "@outlet/core/conversations/conversation";
import type { Clock, Log, Queue, Table } from "@outlet/core/ports";
import type { Address } from "@outlet/core/conversations/run";
import type { SQSRecord } from "aws-lambda";
import { handleBatch, type QueueHandler } from "../batch.ts";

export interface DeadLettersDeps {
  table: Table;
  clock: Clock;
  runQueue: Queue;
  log: Log;
}

/** A conversation whose bells keep failing is not rung at once. */
const delaySeconds = 60;

/**
 * Drains the dead-letter queue of doorbells, so that nothing ends there unseen. A bell carries
 * nothing that could be lost: where its conversation still has something open, it is rung again.
 */
export function createDeadLetters(deps: DeadLettersDeps): QueueHandler {
  return function handleDeadBells(event) {
    return handleBatch(event, deps.log, async (record) => {
      const address = addressIn(record);
      const { messageId } = record;
      if (!address) {
        // Its text is not logged: nobody knows what it is.
        const bytes = Buffer.byteLength(record.body);
        deps.log.error("dead letter that is no bell", { messageId, bytes, metric: "deadLetters" });
        return;
      }
      const head = await Mailbox.read(deps.table, address);
      const open = head?.open.length ?? 0;
      const isAwaited = open > 0 || head?.doomed !== undefined;
      const { botId } = address;
      deps.log.error("dead bell", { messageId, botId, open, isAwaited, metric: "deadLetters" });
      if (isAwaited) await Bell.ring(deps.runQueue, address, delaySeconds);
    });
  };
}

function addressIn(record: SQSRecord): Address | undefined {
  try {
    return Bell.parse(record.body);
  } catch {
    return undefined;
  }
}
