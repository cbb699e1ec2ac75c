import { randomUUID } from "node:crypto";
import { StoreUnavailable, type Table } from "@outlet/core/ports";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createContract, type Deviations } from "./contract.ts";
import { changeChecks } from "./table-changes.ts";
import type { TableChecks } from "./table-checks.ts";
import { conditionChecks } from "./table-conditions.ts";
import { indexChecks } from "./table-indexes.ts";
import { itemChecks } from "./table-items.ts";
import { queryChecks } from "./table-queries.ts";
import { raceChecks } from "./table-races.ts";
import { transactionChecks } from "./table-transactions.ts";

export interface TableSubject {
  table: Table;
  /** The same, on a store that does not answer. */
  unreachable: Table;
  close(): Promise<void>;
}

/** What every implementation of the table port does. `makeTable` is called once. */
export function tableContract(
  name: string,
  makeTable: () => Promise<TableSubject>,
  deviations: Deviations = {},
): void {
  describe(`table contract: ${name}`, () => {
    let subject: TableSubject;
    beforeAll(async () => {
      subject = await makeTable();
    }, 60_000);
    afterAll(() => subject?.close());

    const checks: TableChecks = {
      ...createContract(deviations),
      table: () => subject.table,
      partition: () => `P#${randomUUID()}`,
    };
    itemChecks(checks);
    conditionChecks(checks);
    changeChecks(checks);
    queryChecks(checks);
    indexChecks(checks);
    raceChecks(checks);
    transactionChecks(checks);
    outageChecks(checks, () => subject.unreachable);
    checks.end();
  });
}

function outageChecks({ check }: TableChecks, unreachable: () => Table): void {
  check(
    "every call to a store that does not answer is StoreUnavailable, with a cause",
    async () => {
      const key = { pk: "P", sk: "S" };
      const table = unreachable();
      const calls = [
        () => table.get(key),
        () => table.put(key),
        () => table.update(key, { set: { a: 1 } }),
        () => table.remove(key),
        () => table.query({ pk: "P" }),
        () => table.transact([{ item: key }]),
      ];
      for (const call of calls) {
        const error = await call().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect((error as StoreUnavailable).cause).toBeInstanceOf(Error);
      }
    },
  );
}
