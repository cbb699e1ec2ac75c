import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Mappings } from "../cloud.ts";
import { enforceable } from "../quirks.ts";

const attributes: Record<string, QueueAttributeName> = {
  contentBasedDeduplication: "ContentBasedDeduplication",
  deduplicationScope: "DeduplicationScope",
  delaySeconds: "DelaySeconds",
  fifoQueue: "FifoQueue",
  fifoThroughputLimit: "FifoThroughputLimit",
  kmsMasterKeyId: "KmsMasterKeyId",
  maxMessageSize: "MaximumMessageSize",
  messageRetentionSeconds: "MessageRetentionPeriod",
  policy: "Policy",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  redriveAllowPolicy: "RedriveAllowPolicy",
  redrivePolicy: "RedrivePolicy",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
  visibilityTimeoutSeconds: "VisibilityTimeout",
};

const text = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

export const sqs: Mappings = {
  "aws:sqs/queue:Queue": async (i, cloud) => {
    const client = cloud.client(SQSClient);
    // AWS refuses the attributes of FIFO queues on another, even as false; only this one is true where it isn't said.
    const said = Object.keys(attributes).filter(
      (key) => (i[key] ?? false) !== false || (key === "sqsManagedSseEnabled" && i[key] === false),
    );
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({
        QueueName: i.name,
        Attributes: Object.fromEntries(said.map((key) => [attributes[key], text(i[key])])),
      }),
    );
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    return { id: QueueUrl, url: QueueUrl, arn: Attributes?.["QueueArn"] };
  },
  "aws:sqs/queuePolicy:QueuePolicy": async (i, cloud) => {
    await cloud.client(SQSClient).send(
      new SetQueueAttributesCommand({
        QueueUrl: i.queueUrl,
        Attributes: { Policy: enforceable(i.policy) ?? "" },
      }),
    );
  },
};
