import { mkdirSync } from "node:fs";
import { request, type Server } from "node:http";
import { tableDefinition } from "@outlet/aws/table-schema";
import dynalite from "dynalite";
import { listen, type Emulator } from "./emulator.ts";
import { region, tableName } from "./resources.ts";

/** DynamoDB on disk: dynalite over LevelDB. */
export async function startDynamodb(path: string, socketPath: string): Promise<Emulator> {
  mkdirSync(path, { recursive: true });
  const server = dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  await listen(server, socketPath);
  await createTable(socketPath);
  return { stop: () => close(server) };
}

/** The first request also opens the database: if another process holds it, dynalite throws here. */
async function createTable(socketPath: string): Promise<void> {
  const { status, body } = await call(socketPath, "CreateTable", tableDefinition(tableName));
  if (status === 200 || body.includes("ResourceInUseException")) return;
  throw new Error(`dynalite refused to create the table: ${status} ${body}`);
}

/** By hand, as the SDK would take longer to load than all else here. */
function call(socketPath: string, operation: string, input: object) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const req = request({
      socketPath,
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
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
      res.on("end", () => resolve({ status: res.statusCode, body }));
    });
    req.end(JSON.stringify(input));
  });
}

/** dynalite's own close waits for what is being written, then closes the database. */
function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    // Clients that keep a connection busy must not keep the database from being closed.
    setTimeout(() => server.closeAllConnections(), 500).unref();
  });
}
