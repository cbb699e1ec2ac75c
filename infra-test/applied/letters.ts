import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** What lies in the app's queues, taken out of them as somebody looks for it. */
export class Letters {
  readonly #taken = new Map<string, string[]>();
  readonly #reading = new Map<string, Promise<void>>();

  readonly sqs: SQSClient;
  readonly urlOf: (queue: string) => string;

  constructor(sqs: SQSClient, urlOf: (queue: string) => string) {
    this.sqs = sqs;
    this.urlOf = urlOf;
  }

  /**
   * Whether a message that names this was sent, once each.
   * @param withinMs how long one that was sent with a delay is waited for.
   */
  async take(queue: string, text: string, withinMs = 0): Promise<boolean> {
    const until = Date.now() + withinMs;
    for (;;) {
      await this.#read(queue, until > Date.now() ? 1 : 0);
      const taken = this.#taken.get(queue) ?? [];
      const at = taken.findIndex((body) => body.includes(text));
      if (at >= 0) taken.splice(at, 1);
      if (at >= 0 || Date.now() >= until) return at >= 0;
    }
  }

  /** One reader at a time, lest a message is on its way to another one. */
  #read(queue: string, waitSeconds: number): Promise<void> {
    const before = this.#reading.get(queue) ?? Promise.resolve();
    const next = before.then(() => this.#drain(queue, waitSeconds));
    this.#reading.set(queue, next);
    return next;
  }

  async #drain(queue: string, waitSeconds: number): Promise<void> {
    const QueueUrl = this.urlOf(queue);
    const taken = this.#taken.get(queue) ?? [];
    this.#taken.set(queue, taken);
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: waitSeconds,
        }),
      );
      for (const { Body = "", ReceiptHandle } of Messages) {
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        taken.push(Body);
      }
      if (Messages.length === 0 || waitSeconds > 0) return;
    }
  }
}
