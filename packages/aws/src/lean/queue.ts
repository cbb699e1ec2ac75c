import type { Queue } from "@outlet/core/ports";
import { toMessage } from "../sqs-message.ts";
import type { JsonClient } from "./json-client.ts";
import { reachStore } from "./reach-store.ts";

/**
 * The queue port on a standard SQS queue, by the lean client.
 *
 * @example createLeanQueue({ client: createJsonClient("sqs", { region }), queueUrl })
 */
export function createLeanQueue({
  client,
  queueUrl,
}: {
  client: JsonClient;
  queueUrl: string;
}): Queue {
  return {
    async send(body, { group, delaySeconds = 0 }) {
      const message = toMessage(queueUrl, body, group, delaySeconds);
      await reachStore("SQS", client.call("SendMessage", message));
    },
  };
}
