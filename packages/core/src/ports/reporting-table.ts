import type { Log } from "./log.ts";
import type { Table } from "./table.ts";

/** Items that are reported by one process: more of them are one and the same trouble. */
const reportedMax = 1_000;

/**
 * A table whose unreadable items get into the log, each once while the process lives: lists are read
 * again and again.
 * @example const table = reportingTable(createDynamoTable({ client, tableName }), log);
 */
export function reportingTable(table: Table, log: Log): Table {
  const reported = new Set<string>();
  return {
    ...table,
    report(error) {
      const { pk, sk, message } = error;
      const name = `${pk}\n${sk}`;
      if (reported.has(name) || reported.size >= reportedMax) return;
      reported.add(name);
      log.error("a stored item cannot be read", { pk, sk, cause: message });
    },
  };
}
