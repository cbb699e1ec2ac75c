import type { Queue } from "@outlet/core/ports";
import { type Stack, startStack } from "@outlet/local/runtime/stack-fixture";

/** What was asked of the stores. */
export interface Cost {
  /** Of the table. */
  calls: number;
  /** Capacity units, base table and indexes together. */
  write: number;
  read: number;
  /** Messages sent. */
  sends: number;
}

interface Metered {
  /** A list where several items are read or written together. */
  ConsumedCapacity?: Capacity | Capacity[];
}

interface Capacity {
  CapacityUnits?: number;
}

export interface Meter {
  stack: Stack;
  /** Queues that count what is sent. */
  queues: Pick<Stack, "runQueue" | "webhookQueue">;
  /** The last message sent to any of them. */
  lastSent: () => string;
  measure: (act: () => Promise<unknown>) => Promise<Cost>;
}

/** The handlers over real stores, which say for each call what it would be billed. */
export async function startMetered(): Promise<Meter> {
  let spent: Cost = { calls: 0, write: 0, read: 0, sends: 0 };
  let last = "";
  const stack = await startStack({
    tap: (dynamodb) => ({
      close: () => dynamodb.close(),
      async call<Output>(operation: string, input: object, options?: object) {
        const metered = { ...input, ReturnConsumedCapacity: "TOTAL" };
        const output = await dynamodb.call<Output & Metered>(operation, metered, options);
        spent.calls += 1;
        spent[/^(Get|BatchGet|Query)/.test(operation) ? "read" : "write"] += unitsOf(output);
        return output;
      },
    }),
  });
  const counted = (queue: Queue): Queue => ({
    ...queue,
    send(body, options) {
      spent.sends += 1;
      last = body;
      return queue.send(body, options);
    },
  });
  return {
    stack,
    queues: { runQueue: counted(stack.runQueue), webhookQueue: counted(stack.webhookQueue) },
    lastSent: () => last,
    async measure(act) {
      spent = { calls: 0, write: 0, read: 0, sends: 0 };
      await act();
      return spent;
    },
  };
}

function unitsOf({ ConsumedCapacity = [] }: Metered): number {
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
}
