import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { tableDefinition } from "@outlet/aws/table-schema";
import type { Emulator } from "./emulator.ts";
import { tableName } from "./resources.ts";
import { readDefinition } from "./table/definition.ts";
import { createTableServer } from "./table/server.ts";
import { Store } from "./table/store.ts";
import { takeOver } from "./take-over.ts";

/**
 * DynamoDB on disk, in SQLite.
 * @throws Error "database is locked" where another process has it open.
 */
export async function startDynamodb(dataDir: string, socketPath: string): Promise<Emulator> {
  const folder = join(dataDir, "table");
  mkdirSync(folder, { recursive: true });
  const store = new Store(join(folder, "table.sqlite"));
  if (!store.table(tableName)) store.create(readDefinition(tableDefinition(tableName)));
  const former = join(dataDir, "dynamodb");
  if (existsSync(former)) await takeOver(former, store);
  const server = createTableServer(store);
  await server.listen(socketPath);
  return {
    async stop() {
      await server.close();
      store.close();
    },
  };
}
