import type { DatabaseSync } from "node:sqlite";
import type { BuildAppOptions, buildApp } from "fauxqs";
import type { WireRequest } from "./wire/requests.ts";
import { createWireServer, type Reply, type WireServer } from "./wire/server.ts";

type Store = NonNullable<BuildAppOptions["stores"]>["sqsStore"];

/** An action of fauxqs's own. @throws SqsError */
export type Action = (input: object, store: Store) => object | Promise<object>;

/** What fauxqs refuses a request with. */
export interface SqsError extends Error {
  statusCode: number;
  queryErrorHeader: string;
  toJSON(): object;
}

export interface Queues {
  /** Answers what is asked for seldom. */
  app: Pick<ReturnType<typeof buildApp>, "inject">;
  store: Store;
  /** Where the store keeps its messages. */
  db: DatabaseSync;
  /** What is asked for all the time, by name. */
  actions: ReadonlyMap<string, Action>;
  isSqsError: (error: unknown) => error is SqsError;
}

/**
 * fauxqs's queues over the wire protocol of SQS. Its own server routes, parses and keeps each request
 * by itself, which costs more than the queue does.
 */
export function createQueueServer(queues: Queues): WireServer {
  const { db } = queues;
  return createWireServer({
    answer(request) {
      if (!db.isTransaction) db.exec("BEGIN");
      return answer(request, queues);
    },
    settle() {
      if (db.isTransaction) db.exec("COMMIT");
    },
    undo() {
      if (db.isTransaction) db.exec("ROLLBACK");
    },
    failed: { status: 500, body: '{"__type":"com.amazonaws.sqs#InternalError"}' },
  });
}

function answer(request: WireRequest, queues: Queues): Reply | Promise<Reply> {
  const action = queues.actions.get(request.operation);
  if (!action) return inject(request, queues);
  try {
    const output = action(JSON.parse(request.body), queues.store);
    if (!(output instanceof Promise)) return { status: 200, body: JSON.stringify(output) };
    return output.then(
      (late) => ({ status: 200, body: JSON.stringify(late) }),
      (error: unknown) => refusalOf(error, queues),
    );
  } catch (error) {
    return refusalOf(error, queues);
  }
}

/** @throws what is no refusal. */
function refusalOf(error: unknown, { isSqsError }: Queues): Reply {
  if (error instanceof SyntaxError) {
    return { status: 400, body: '{"__type":"com.amazonaws.sqs#SerializationException"}' };
  }
  if (!isSqsError(error)) {
    process.stderr.write(`SQS: ${error instanceof Error ? error.stack : String(error)}\n`);
    throw error;
  }
  return {
    status: error.statusCode,
    body: JSON.stringify(error),
    head: `x-amzn-query-error: ${error.queryErrorHeader}\r\n`,
  };
}

async function inject({ operation, body }: WireRequest, { app }: Queues): Promise<Reply> {
  const { statusCode, payload } = await app.inject({
    method: "POST",
    url: "/",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `AmazonSQS.${operation}`,
    },
    payload: body,
  });
  return { status: statusCode, body: payload };
}
