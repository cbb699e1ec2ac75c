/** What the emulators hold, and under which names. The names are seen by nobody but a debugger. */
export const region = "us-east-1";
export const tableName = "outlet";
/** Of S3 Vectors. */
export const vectorBucket = "outlet-vectors";
export const bucket = "outlet";
export const queueNames = {
  runs: "outlet-runs",
  runsDeadLetters: "outlet-runs-dead-letters",
  deploys: "outlet-deploys",
  syncs: "outlet-syncs",
  webhooks: "outlet-webhooks",
} as const;

/** After so many receives a doorbell goes to the dead-letter queue. */
export const receivesMax = 5;

/** What the parent tells the child to run. */
export interface Assignment {
  dataDir: string;
  /** Where sockets are: the folder, and each one's path. */
  socketDir: string;
  sockets: Sockets;
  visibilityTimeoutSeconds: number;
}

export interface Sockets {
  dynamodb: string;
  sqs: string;
  s3: string;
}

/** What the child tells its parent. */
export type Report = { type: "ready" } | { type: "failed"; reason: string };

/** What the parent tells the child after that. */
export type Order = { type: "stop" };
