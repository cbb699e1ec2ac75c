import { createHash } from "node:crypto";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Queue } from "@outlet/core/ports";
import { reachStore } from "./store-error.ts";

/** SendMessage, MessageGroupId: at most 128 characters, alphanumeric or ASCII punctuation. */
const groupIdPattern = /^[\x21-\x7e]{1,128}$/;

/**
 * The queue port on a standard SQS queue made fair by message groups
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).
 *
 * @example createSqsQueue({ client: createClients({ region }).sqs, queueUrl })
 */
export function createSqsQueue({
  client,
  queueUrl,
}: {
  client: SQSClient;
  queueUrl: string;
}): Queue {
  return {
    async send(body, { group, delaySeconds = 0 }) {
      if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > 900) {
        throw new RangeError(`delaySeconds must be a whole number from 0 to 900: ${delaySeconds}`);
      }
      await reachStore(
        "SQS",
        client.send(
          new SendMessageCommand({
            QueueUrl: queueUrl,
            MessageBody: body,
            MessageGroupId: toGroupId(group),
            ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
          }),
        ),
      );
    },
  };
}

/** Groups are only told apart, never read back: one that SQS would refuse goes by its hash. */
export function toGroupId(group: string): string {
  if (groupIdPattern.test(group)) return group;
  return createHash("sha256").update(group).digest("hex");
}
