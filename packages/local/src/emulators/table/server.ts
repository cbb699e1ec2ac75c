import type { WireRequest } from "../wire/requests.ts";
import { createWireServer, type Reply, type WireServer } from "../wire/server.ts";
import type { Input } from "./input.ts";
import { operations } from "./operations.ts";
import { Refusal } from "./refusal.ts";
import type { Store } from "./store.ts";

/** What Outlet uses of DynamoDB, over its wire protocol. */
export function createTableServer(store: Store): WireServer {
  return createWireServer({
    answer: (request) => answer(store, request),
    settle: () => store.settle(),
    undo: () => store.undo(),
    failed: refusalOf(500, "InternalServerError", "The table failed; the log says why."),
  });
}

function answer(store: Store, { operation: name, body }: WireRequest): Reply {
  try {
    if (!isOperation(name)) {
      throw new Refusal("UnknownOperationException", `There is no ${name} here.`);
    }
    const operation = operations[name];
    // Clients are our own.
    const input = JSON.parse(body) as Input;
    return { status: 200, body: store.held(() => operation(store, input)) };
  } catch (error) {
    if (error instanceof Refusal) return refusalOf(400, error.name, error.message, error.more);
    if (error instanceof SyntaxError) {
      return refusalOf(400, "SerializationException", error.message);
    }
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    throw error;
  }
}

const isOperation = (name: string): name is keyof typeof operations =>
  Object.hasOwn(operations, name);

const refusalOf = (status: number, name: string, message: string, more: object = {}): Reply => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more }),
});
