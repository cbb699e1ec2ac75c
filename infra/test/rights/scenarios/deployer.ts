import { setTimeout as wait } from "node:timers/promises";
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  GetApiKeysCommand,
} from "@aws-sdk/client-api-gateway";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { Bot } from "@outlet/core/bot";
import { Publication } from "@outlet/core/publication";
import { expect, vi } from "vitest";
import {
  acceptPublication,
  addKnowledge,
  deployedBot,
  owner,
  whileActing,
} from "../../applied/acts.ts";
import { batch, settled } from "../../applied/events.ts";
import { cell } from "../../applied/settings.ts";
import type { World } from "../../applied/world.ts";
import type { Scenario } from "../scenario.ts";
import { polling } from "./polling.ts";

/** One look of the deployer at a bot, for whose act it is time. */
async function look(world: World, botId: string): Promise<void> {
  await world.table.remove({ pk: `PACE#${cell}`, sk: "PACE" });
  expect(await world.invoke("deployer", batch(JSON.stringify({ botId })))).toEqual(settled);
}

const statusOf = async ({ app }: World, StackName: string) => {
  const { Stacks } = await app
    .client(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName }));
  return Stacks?.[0]?.StackStatus;
};

const keyNames = async ({ app }: World, nameQuery: string) => {
  const { items = [] } = await app
    .client(APIGatewayClient)
    .send(new GetApiKeysCommand({ nameQuery }));
  return items.map(({ name }) => name);
};

export const deployer: Scenario[] = [
  polling("deployer"),
  {
    title: "makes a bot's stack, tries it with a key of its own, and looks again",
    uses: [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:Query table/TableTable",
      "sqs:SendMessage",
      "cloudformation:DescribeStacks",
      "cloudformation:DescribeStackEvents",
      "cloudformation:CreateStack",
      "iam:PassRole",
      "apigateway:POST /apikeys",
      "apigateway:GET /apikeys",
      "apigateway:DELETE /apikeys/*",
      "apigateway:POST /usageplans/*/keys",
    ],
    run: (world) =>
      whileActing(world, acceptPublication(world), async ({ bot, publication }) => {
        await look(world, bot.botId);
        expect(await statusOf(world, publication.stackName)).toBe("CREATE_COMPLETE");
        await look(world, bot.botId);
      }),
  },
  {
    title: "looks for templates to upgrade where no owner waits",
    uses: ["dynamodb:Query index/open", "dynamodb:Query index/listing"],
    async run(world) {
      const round = { pk: `UPGRADES#${cell}`, sk: "ROUND" };
      await world.table.remove(round);
      // The acts of other roles' scenarios come first.
      await vi.waitFor(
        async () => {
          const answer = await world.invoke("deployer", batch('{"upgrades":true}'));
          expect([answer, await world.table.get(round)]).toEqual([settled, expect.anything()]);
        },
        { timeout: 5_000, interval: 200 },
      );
    },
  },
  {
    title: "changes limits in place",
    uses: ["cloudformation:UpdateStack"],
    run: (world) =>
      whileActing(world, deployedBot(world), async ({ bot, publication }) => {
        const throttle = { burstLimit: 7, rateLimit: 3 };
        await Publication.update(world.deps(), owner, bot, { throttle });
        await look(world, bot.botId);
        expect(await statusOf(world, publication.stackName)).toBe("UPDATE_COMPLETE");
      }),
  },
  {
    title: "removes a stack, keys nobody knows of, the bot and what it knew",
    uses: ["cloudformation:DeleteStack", "apigateway:GET /usageplans/*/keys", "s3:DeleteObject"],
    run: (world) =>
      whileActing(world, deployedBot(world), async ({ bot, publication, outputs }) => {
        const { path } = await addKnowledge(world, bot.botId, ["Outlet keeps notes."]);
        const gateway = world.app.client(APIGatewayClient);
        const name = `lost-${bot.botId}`;
        const { id } = await gateway.send(new CreateApiKeyCommand({ name, enabled: true }));
        const { usagePlanId } = outputs;
        await gateway.send(
          new CreateUsagePlanKeyCommand({ usagePlanId, keyId: id, keyType: "API_KEY" }),
        );
        await Publication.unpublish(world.deps(), owner, bot, { deleteBot: true });
        await vi.waitFor(async () => {
          await look(world, bot.botId);
          expect(await Bot.fromId(world.table, bot.botId)).toBeUndefined();
        });
        await expect(statusOf(world, publication.stackName)).rejects.toThrow(/does not exist/);
        expect(await keyNames(world, name)).toEqual([]);
        expect(await world.objects.get(path)).toBeUndefined();
      }),
  },
  {
    title: "goes on rolling back where a rollback has failed",
    uses: ["cloudformation:ContinueUpdateRollback"],
    run: (world) =>
      whileActing(world, acceptPublication(world), async ({ bot, publication }) => {
        await failRollback(world, publication.stackName);
        await look(world, bot.botId);
        await vi.waitFor(async () =>
          expect(await statusOf(world, publication.stackName)).toBe("UPDATE_ROLLBACK_COMPLETE"),
        );
      }),
  },
];

/** An update that waits in vain, and what it would go back to is gone meanwhile. */
async function failRollback(world: World, StackName: string): Promise<void> {
  const clouds = world.app.client(CloudFormationClient);
  const logs = world.app.client(CloudWatchLogsClient);
  const logGroupName = `/test/${StackName}`;
  const filter = (FilterPattern: string) => ({
    Type: "AWS::Logs::MetricFilter",
    Properties: {
      FilterName: "f",
      LogGroupName: logGroupName,
      FilterPattern,
      MetricTransformations: [{ MetricName: "m", MetricNamespace: "n", MetricValue: "1" }],
    },
  });
  const Handle = { Type: "AWS::CloudFormation::WaitConditionHandle" };
  const Wait = {
    Type: "AWS::CloudFormation::WaitCondition",
    DependsOn: "Filter",
    Properties: { Handle: { Ref: "Handle" }, Timeout: "1" },
  };
  const template = (Resources: object) => ({ TemplateBody: JSON.stringify({ Resources }) });
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const before = template({ Filter: filter("before"), Handle });
  await clouds.send(new CreateStackCommand({ StackName, ...before }));
  await until(world, StackName, "CREATE_COMPLETE");
  const after = template({ Filter: filter("after"), Handle, Wait });
  await clouds.send(new UpdateStackCommand({ StackName, ...after }));
  await wait(200);
  await logs.send(new DeleteLogGroupCommand({ logGroupName }));
  await until(world, StackName, "UPDATE_ROLLBACK_FAILED");
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
}

const until = (world: World, stackName: string, status: string) =>
  vi.waitFor(async () => expect(await statusOf(world, stackName)).toBe(status), {
    timeout: 10_000,
    interval: 50,
  });
