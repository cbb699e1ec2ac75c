import "@outlet/local/function-host/globals";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqsQueue } from "@outlet/aws/sqs-queue";
import { Id } from "@outlet/core/foundation/id";
import { ModelCatalog } from "@outlet/core/models/catalog";
import { silentLog, systemClock } from "@outlet/core/ports";
import { defaultPolicy } from "@outlet/functions/policy";
import { createPublishedApi } from "@outlet/functions/published-api/app";
import { createPublishedApiHandler } from "@outlet/functions/published-api/handler";
import { createEdge } from "@outlet/local/edge/edge";
import { createLambdaFunction } from "@outlet/local/function-host/function";
import { type Ground, pepper } from "./ground.ts";
import { createHeaderAuthorizer } from "./keys-by-header.ts";
import { recordEvent } from "./recorder.ts";

/** Our edge with the functions that MiniStack has, on the same table and queue. */
export async function startEdgeSide({ table, objects, sqs, queueUrl, platform }: Ground) {
  const deps = { table, clock: systemClock, log: silentLog };
  const answer = createPublishedApiHandler(
    createPublishedApi({
      ...deps,
      objects,
      runQueue: createSqsQueue({ client: sqs, queueUrl }),
      ids: Id.createIds(systemClock),
      catalog: ModelCatalog.createCatalog(["outlet-demo"]),
      policy: defaultPolicy,
    }),
    silentLog,
  );
  const functions = [
    createLambdaFunction({
      name: "published-api",
      arn: platform.publishedApiFunctionArn,
      timeoutMs: 30_000,
      handler: awslambda.streamifyResponse(async (event, stream, context) => {
        await recordEvent(table, "published-api", event);
        // The handler is Lambda's own kind, of three parameters.
        await (answer as (...given: unknown[]) => Promise<void>)(event, stream, context);
      }),
    }),
    createLambdaFunction({
      name: "authorizer",
      arn: platform.authorizerFunctionArn,
      timeoutMs: 10_000,
      handler: createHeaderAuthorizer({ ...deps, pepper }),
    }),
  ];
  const dataDir = await mkdtemp(join(tmpdir(), "outlet-rows-"));
  let port = 0;
  const edge = createEdge({
    dataDir,
    allow: ["127.0.0.0/8"],
    functions: new Map(functions.map((one) => [one.arn, one])),
    platform,
    origin: () => `http://127.0.0.1:${port}`,
    clock: systemClock,
    log: silentLog,
  });
  const server = createServer((req, res) => {
    edge.handle(req, res).then(
      (handled) => handled || res.writeHead(418).end(),
      (error: unknown) => res.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
  return {
    provisioner: edge.provisioner,
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await edge.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
