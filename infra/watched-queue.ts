import { alarm } from "./alarms";

/** Whole minutes, as SST takes them. */
type Minutes = `${number} minutes`;

/**
 * A queue and where its messages go that failed five times, both watched: an alarm for messages
 * given up, and one for messages that nobody gets to. What is given up is drained
 * (infra/dead-letters.ts), so that the alarm ends.
 * @param name what the queue is for: `Run` makes `RunQueue` and `RunDeadLetters`.
 */
export function watchedQueue(
  name: string,
  options: {
    /** AWS advises six times the timeout of the function that it feeds. */
    visibilityTimeout: Minutes;
    /** How long a message may wait before somebody is told. */
    lateSeconds: number;
  },
) {
  const { visibilityTimeout, lateSeconds } = options;
  const dead = new sst.aws.Queue(`${name}DeadLetters`, {
    // Six times the timeout of what drains it.
    visibilityTimeout: "6 minutes",
    transform: { queue: { messageRetentionSeconds: 14 * 86_400 } },
  });
  const queue = new sst.aws.Queue(`${name}Queue`, {
    visibilityTimeout,
    dlq: { queue: dead.arn, retry: 5 },
  });
  alarm(`${name}QueueDeadLetters`, `Messages of ${name}Queue failed for good.`, {
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: dead.nodes.queue.name },
    statistic: "Maximum",
    above: 0,
  });
  alarm(`${name}QueueLate`, `Messages of ${name}Queue wait longer than ${lateSeconds} s.`, {
    namespace: "AWS/SQS",
    metricName: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.nodes.queue.name },
    statistic: "Maximum",
    above: lateSeconds,
  });
  return { queue, dead };
}
