import { Key } from "@outlet/core/publishing/key";
import { Publication } from "@outlet/core/publishing/publication";
import { Layout } from "@outlet/core/store/layout";
import { createAuthorizer } from "@outlet/functions/authorizer/authorizer";
import type { APIGatewayRequestAuthorizerEvent, SQSEvent } from "aws-lambda";
import * as v from "valibot";
import type { Stack } from "./stack-fixture.ts";

/**
 * Publishes a stack's bot without a gateway, with a key.
 * @param settings as an owner gives them.
 * @returns asks the authorizer about a request of that key, and says what it answers: `Allow`, `Deny`.
 */
export async function publishAsIs({ bot, deps }: Pick<Stack, "bot" | "deps">, settings = {}) {
  const { botId, ownerId } = bot;
  const pepper = Buffer.from("pepper");
  const input = { label: "Key", expiresAt: null, createdBy: "owner" };
  const { key, value } = await Key.create({ ...deps, pepper }, botId, input);
  await Key.activate(deps.table, key);
  const publication: Publication.Info = {
    ...v.parse(Publication.Publish, settings),
    ...Publication.withoutStack,
    botId,
    ownerId,
    title: "Bot",
    status: "published",
    cell: "cell",
    stackName: "stack",
    operation: null,
    ownerBudget: null,
    progress: null,
    failure: null,
    ownAddress: true,
    upgrade: null,
    publishedAt: 1,
    updatedAt: 1,
    revision: "r1",
  };
  await deps.table.put({ ...publication, ...Layout.publication(botId) });
  const handler = createAuthorizer({ ...deps, pepper });
  const event = {
    headers: { "x-api-key": value },
    stageVariables: { botId },
    methodArn: "arn:aws:execute-api:us-east-1:000000000000:api/api/GET/health",
    requestContext: { identity: { sourceIp: "127.0.0.1" } },
    // Of the event the authorizer reads these members.
  } as unknown as APIGatewayRequestAuthorizerEvent;
  return async () => (await handler(event)).policyDocument.Statement[0]?.Effect;
}

/** A bell as the queue hands it on. */
export function eventOf(body: string): SQSEvent {
  const record = { messageId: "1", body, attributes: { ApproximateReceiveCount: "1" } };
  // Of a record the worker reads these members.
  return { Records: [record] } as unknown as SQSEvent;
}
