import { rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import dynalite from "dynalite";
import { listen } from "./emulator.ts";
import { region, tableName } from "./resources.ts";
import { keyOf } from "./table/definition.ts";
import type { Store } from "./table/store.ts";
import type { Attributes } from "./table/values.ts";

interface Page {
  Items?: Attributes[];
  LastEvaluatedKey?: Attributes;
}

/**
 * Takes over what dynalite kept, which earlier versions of the runtime stored in. It can be broken off
 * and repeated: what was written since is left as it is, and the folder goes last.
 * @param former dynalite's folder.
 */
export async function takeOver(former: string, store: Store): Promise<void> {
  const table = store.table(tableName);
  if (!table) throw new Error("There is no table to take the items over into.");
  const sockets = await mkdtemp(join(tmpdir(), "outlet-"));
  const socketPath = join(sockets, "s");
  const server = dynalite({ path: former });
  await listen(server, socketPath);
  let start: Attributes | undefined;
  do {
    const page: Page = await scan(socketPath, start);
    store.transaction(() => {
      for (const item of page.Items ?? []) {
        const key = keyOf(item, table.key);
        if (store.read(table, key) === undefined) store.writeWithin(table, key, undefined, item);
      }
    });
    start = page.LastEvaluatedKey;
  } while (start);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  await rm(sockets, { recursive: true, force: true });
  rmSync(former, { recursive: true, force: true });
}

function scan(socketPath: string, start: Attributes | undefined): Promise<Page> {
  const input = { TableName: tableName, ...(start && { ExclusiveStartKey: start }) };
  return new Promise((resolve, reject) => {
    const req = request({
      socketPath,
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.Scan",
        "x-amz-date": "20250101T000000Z",
        authorization: `AWS4-HMAC-SHA256 Credential=local/20250101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=none`,
      },
    });
    req.on("error", reject);
    req.on("response", (res) => {
      let body = "";
      res.setEncoding("utf8");
      res.on("data", (chunk: string) => {
        body += chunk;
      });
      res.on("error", reject);
      res.on("end", () => {
        const isEmpty = body.includes("ResourceNotFoundException");
        if (res.statusCode === 200) resolve(JSON.parse(body) as Page);
        else if (isEmpty) resolve({});
        else reject(new Error(`The former table cannot be read: ${res.statusCode} ${body}`));
      });
    });
    req.end(JSON.stringify(input));
  });
}
