import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Queue } from "@outlet/core/ports";
import { toMessage } from "./sqs-message.ts";
import { reachStore } from "./store-error.ts";

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
      const message = toMessage(queueUrl, body, group, delaySeconds);
      await reachStore("SQS", client.send(new SendMessageCommand(message)));
    },
  };
}
