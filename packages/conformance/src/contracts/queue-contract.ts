import { randomUUID } from "node:crypto";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { type Queue, StoreUnavailable } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, type Deviations } from "./contract.ts";

export interface QueueSubject {
  /** Patient enough for long polls. */
  client: SQSClient;
  /** The port under test on one of its queues. */
  queue: (queueUrl: string) => Queue;
  /** A queue on a service that does not answer. */
  unreachable: Queue;
  close(): Promise<void>;
}

/** What the queue port promises, and what consumers of an SQS queue rely on. */
export function queueContract(
  name: string,
  makeQueue: () => Promise<QueueSubject>,
  deviations: Deviations = {},
): void {
  describe(`queue contract: ${name}`, () => {
    let subject: QueueSubject;
    beforeAll(async () => {
      subject = await makeQueue();
    }, 60_000);
    afterAll(() => subject?.close());
    const { check, end } = createContract(deviations);

    check("a message arrives as it was sent, once its consumer asks", async () => {
      const { queue, receive } = await makeSide(subject);
      const body = JSON.stringify({ id: 1, text: 'Grüße, 世界 "quoted" <&>\n\ttab' });
      await queue.send(body, { group: "bot" });
      const [message] = await receive();
      expect(message?.Body).toBe(body);
      expect(message?.Attributes?.ApproximateReceiveCount).toBe("1");
      expect(Number(message?.Attributes?.SentTimestamp)).toBeCloseTo(Date.now(), -5);
    });

    check("a message may hold characters beyond the basic plane", async () => {
      const { queue, receive } = await makeSide(subject);
      await queue.send("🤖", { group: "bot" });
      expect((await receive())[0]?.Body).toBe("🤖");
    });

    check("the consumer is told the group", async () => {
      const { queue, receive } = await makeSide(subject);
      await queue.send("{}", { group: "bot-01" });
      const [message] = await receive();
      expect(message?.Attributes?.MessageGroupId).toBe("bot-01");
    });

    check("a group may have any name", async () => {
      const { queue, receive } = await makeSide(subject);
      const groups = [
        "x".repeat(129),
        "x".repeat(128),
        "with space",
        "봇",
        "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
      ];
      for (const group of groups) await queue.send(group, { group });
      const bodies = (await receiveAll(receive, groups.length)).map((message) => message.Body);
      expect(new Set(bodies)).toEqual(new Set(groups));
    });

    check("a waiting consumer is woken by a message", async () => {
      const { queue, receive } = await makeSide(subject);
      const polled = receive(20);
      const begun = performance.now();
      await queue.send("{}", { group: "bot" });
      expect(await polled).toHaveLength(1);
      // Not when its poll of 20 seconds is over.
      expect(performance.now() - begun).toBeLessThan(15_000);
    });

    check("a delayed message is not delivered before its time", async () => {
      const { queue, receive } = await makeSide(subject);
      const begun = Date.now();
      await queue.send("late", { group: "bot", delaySeconds: 1 });
      const [message] = await receive(5);
      expect(message?.Body).toBe("late");
      expect(Date.now() - begun).toBeGreaterThanOrEqual(950);
    });

    check("a delay that SQS does not know is refused and nothing is sent", async () => {
      const { queue, receive } = await makeSide(subject);
      for (const delaySeconds of [-1, 0.5, 901, Number.NaN]) {
        await expect(queue.send("{}", { group: "bot", delaySeconds })).rejects.toThrow(RangeError);
      }
      expect(await receive(0)).toEqual([]);
    });

    check("a message that was not deleted comes again after its visibility timeout", async () => {
      const { queue, receive, remove } = await makeSide(subject, { visibilitySeconds: 1 });
      await queue.send("again", { group: "bot" });
      await receive();
      expect(await receive(0)).toEqual([]);
      const [message] = await receive(5);
      expect(message?.Body).toBe("again");
      expect(message?.Attributes?.ApproximateReceiveCount).toBe("2");
      await remove(message);
      expect(await receive(2)).toEqual([]);
    });

    check("a message that fails again and again goes to the dead-letter queue", async () => {
      const { queue, receive, receiveDead } = await makeSide(subject, {
        visibilitySeconds: 1,
        receivesMax: 2,
      });
      await queue.send("poison", { group: "bot" });
      expect(await receive(5)).toHaveLength(1);
      expect(await receive(5)).toHaveLength(1);
      expect(await receive(3)).toEqual([]);
      const [dead] = await receiveDead(5);
      expect(dead?.Body).toBe("poison");
    });

    check("a message above 1 MiB is refused, and not as an outage", async () => {
      const { queue, receive } = await makeSide(subject);
      await queue.send("x".repeat(1_048_576 - 1_000), { group: "bot" });
      const refusal = await queue
        .send("x".repeat(1_048_577), { group: "bot" })
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Error);
      expect(refusal).not.toBeInstanceOf(StoreUnavailable);
      expect(await receiveAll(receive, 1)).toHaveLength(1);
    });

    check("50 messages sent at once all arrive", async () => {
      const { queue, receive } = await makeSide(subject);
      const bodies = Array.from({ length: 50 }, (_, n) => `message ${n}`);
      await Promise.all(bodies.map((body) => queue.send(body, { group: "bot" })));
      const received = await receiveAll(receive, 50);
      expect(new Set(received.map((message) => message.Body))).toEqual(new Set(bodies));
    });

    check("sending to a service that does not answer is StoreUnavailable", async () => {
      const error = await subject.unreachable.send("{}", { group: "bot" }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect((error as StoreUnavailable).cause).toBeInstanceOf(Error);
    });

    check("sending to a queue that is not there is refused, and not as an outage", async () => {
      const { queueUrl } = await makeSide(subject);
      const queue = subject.queue(`${queueUrl}-gone`);
      const error = await queue.send("{}", { group: "bot" }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(StoreUnavailable);
    });

    end();
  });
}

/** A queue of its own for one check, seen from both sides. */
async function makeSide(
  { client, queue }: QueueSubject,
  {
    visibilitySeconds = 60,
    receivesMax = 10,
  }: { visibilitySeconds?: number; receivesMax?: number } = {},
) {
  const name = `contract-${randomUUID()}`;
  const deadUrl = await createQueue(client, `${name}-dead`, {});
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ["QueueArn"] }),
  );
  const queueUrl = await createQueue(client, name, {
    VisibilityTimeout: String(visibilitySeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: Attributes?.QueueArn,
      maxReceiveCount: receivesMax,
    }),
  });
  const receiveFrom = async (url: string, waitSeconds: number): Promise<Message[]> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
      }),
    );
    return Messages;
  };
  return {
    queueUrl,
    queue: queue(queueUrl),
    receive: (waitSeconds = 5) => receiveFrom(queueUrl, waitSeconds),
    receiveDead: (waitSeconds = 5) => receiveFrom(deadUrl, waitSeconds),
    remove: (message: Message | undefined) =>
      client.send(
        new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message?.ReceiptHandle }),
      ),
  };
}

async function createQueue(client: SQSClient, name: string, attributes: Record<string, string>) {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  if (QueueUrl === undefined) throw new Error("The queue has no URL");
  return QueueUrl;
}

/** Standard queues deliver in any order and in batches of any size. */
async function receiveAll(receive: (waitSeconds?: number) => Promise<Message[]>, count: number) {
  const messages: Message[] = [];
  for (let polls = 0; messages.length < count && polls < count + 5; polls++) {
    messages.push(...(await receive(2)));
  }
  return messages;
}
