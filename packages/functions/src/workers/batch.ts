import type { Log } from "@outlet/core/ports";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";

export type QueueHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

/**
 * Handles the records of a batch side by side and reports those that failed, so that one bad record
 * neither holds up nor repeats its neighbours.
 */
export async function handleBatch(
  event: SQSEvent,
  log: Log,
  handle: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failures = await Promise.all(
    event.Records.map(async (record) => {
      try {
        await handle(record);
        return [];
      } catch (cause) {
        log.error("record failed; it will be delivered again", {
          messageId: record.messageId,
          receiveCount: record.attributes.ApproximateReceiveCount,
          cause,
        });
        return [{ itemIdentifier: record.messageId }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}
