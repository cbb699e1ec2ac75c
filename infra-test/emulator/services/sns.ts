import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import type { Recorded } from "../../sst/graph.ts";
import type { Mappings } from "../cloud.ts";
import { policyText } from "../shape.ts";

const subscriptionAttributes = {
  deliveryPolicy: "DeliveryPolicy",
  filterPolicy: "FilterPolicy",
  filterPolicyScope: "FilterPolicyScope",
  rawMessageDelivery: "RawMessageDelivery",
  redrivePolicy: "RedrivePolicy",
};
const topicAttributes = {
  contentBasedDeduplication: "ContentBasedDeduplication",
  displayName: "DisplayName",
  fifoTopic: "FifoTopic",
  kmsMasterKeyId: "KmsMasterKeyId",
  policy: "Policy",
};
const attributes = (names: Record<string, string>, i: Recorded) =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([key]) => i[key])
      .map(([key, name]) => [
        name,
        typeof i[key] === "boolean" ? String(i[key]) : policyText(i[key]),
      ]),
  );

export const sns: Mappings = {
  "aws:sns/topic:Topic": async (i, cloud, { name }) => {
    const { TopicArn } = await cloud.client(SNSClient).send(
      new CreateTopicCommand({
        Name: i.name ?? name,
        Attributes: attributes(topicAttributes, i),
      }),
    );
    return { arn: TopicArn };
  },
  "aws:sns/topicSubscription:TopicSubscription": async (i, cloud) => {
    const { SubscriptionArn } = await cloud.client(SNSClient).send(
      new SubscribeCommand({
        TopicArn: i.topic,
        Protocol: i.protocol,
        Endpoint: i.endpoint,
        Attributes: attributes(subscriptionAttributes, i),
        ReturnSubscriptionArn: true,
      }),
    );
    return { arn: SubscriptionArn };
  },
};
