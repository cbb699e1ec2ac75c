import * as Bell from "@outlet/core/conversations/bell";
import { Mailbox } from "@outlet/core/conversations/conversation";
import type { Clock, Log, Queue, Table } from "@outlet/core/ports";
import type { Address } from "@outlet/core/conversations/run";
import type { SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { handleBatch, type QueueHandler } from "../batch.ts";

export interface DeadLettersDeps {
  table: Table;
  clock: Clock;
  runQueue: Queue;
  log: Log;
}

/** A conversation whose bells keep failing is not rung at once. */
const delaySeconds = 60;

/** A message of the deploy or sync queue: what it names is rung for by the sweeper while it is open. */
const OtherBell = v.object({ botId: v.pipe(v.string(), v.maxLength(64)) });

/**
 * Drains the dead letters of all queues, so that nothing ends there unseen. A bell carries nothing
 * that could be lost: where its conversation still has something open, it is rung again.
 */
export function createDeadLetters(deps: DeadLettersDeps): QueueHandler {
  return function handleDeadBells(event) {
    return handleBatch(event, deps.log, async (record) => {
      const { messageId } = record;
      const queue = record.eventSourceARN?.split(":").at(-1);
      const seen = { messageId, queue, metric: "deadLetters" };
      const address = addressIn(record);
      if (!address) {
        const botId = botIn(record);
        if (botId) deps.log.error("dead bell; the sweeper will ring", { ...seen, botId });
        // Its text is not logged: nobody knows what it is.
        else {
          const bytes = Buffer.byteLength(record.body);
          deps.log.error("dead letter that is no bell", { ...seen, bytes });
        }
        return;
      }
      const head = await Mailbox.read(deps.table, address);
      const open = head?.open.length ?? 0;
      const isAwaited = open > 0 || head?.doomed !== undefined;
      const { botId } = address;
      deps.log.error("dead bell", { ...seen, botId, open, isAwaited });
      if (isAwaited) await Bell.ring(deps.runQueue, address, delaySeconds);
    });
  };
}

function botIn(record: SQSRecord): string | undefined {
  try {
    return v.parse(OtherBell, JSON.parse(record.body)).botId;
  } catch {
    return undefined;
  }
}

function addressIn(record: SQSRecord): Address | undefined {
  try {
    return Bell.parse(record.body);
  } catch {
    return undefined;
  }
}
