import { nodeCrypto } from "@outlet/core/ports";

/** SendMessage, MessageGroupId: at most 128 characters, alphanumeric or ASCII punctuation. */
const groupIdPattern = /^[\x21-\x7e]{1,128}$/;

/**
 * The input of SendMessage to a standard queue made fair by message groups
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).
 * @throws RangeError for a delay that SQS does not take.
 */
export function toMessage(queueUrl: string, body: string, group: string, delaySeconds: number) {
  if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > 900) {
    throw new RangeError(`delaySeconds must be a whole number from 0 to 900: ${delaySeconds}`);
  }
  return {
    QueueUrl: queueUrl,
    MessageBody: body,
    MessageGroupId: toGroupId(group),
    ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
  };
}

/** Groups are only told apart, never read back: one that SQS would refuse goes by its hash. */
export function toGroupId(group: string): string {
  if (groupIdPattern.test(group)) return group;
  return nodeCrypto().createHash("sha256").update(group).digest("hex");
}
