import { idsOf } from "@outlet/aws/provisioner/stack-ids";
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
import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { Bot } from "@outlet/core/bots/bot";
import { Publication } from "@outlet/core/publishing/publication";
import { expect, vi } from "vitest";
import {
  acceptPublication,
  addKnowledge,
  deployedBot,
  owner,
  whileActing,
} from "../../applied/acts.ts";
import { batch, settled } from "../../applied/events.ts";
import { cell, stage } from "../../applied/settings.ts";
import type { World } from "../../applied/world.ts";
import type { Scenario } from "../scenario.ts";
import { polling } from "./polling.ts";

/** When the next act may begin. */
const pace = { pk: `PACE#${cell}`, sk: "PACE" };

/** One look of the deployer at a bot, for whose act it is time. */
async function look(world: World, botId: string): Promise<void> {
  await world.table.remove(pace);
  expect(await world.invoke("deployer", batch(JSON.stringify({ botId })))).toEqual(settled);
}

/** Again and again until it says so; what it throws ends it at once. */
async function repeat(look: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await look())) {
    if (Date.now() > until) throw new Error("It did not come to that within a minute");
    await wait(100);
  }
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
    title: "makes a bot's stack and tries it with a key of its own",
    uses: [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
      "dynamodb:DeleteItem",
      "dynamodb:Query table/TableTable",
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
        await repeat(async () => {
          await look(world, bot.botId);
          return (await Publication.fromBot(world.table, bot.botId))?.status === "published";
        });
        expect(await statusOf(world, publication.stackName)).toBe("CREATE_COMPLETE");
      }),
  },
  {
    title: "looks again at an act for which it is not yet time",
    uses: ["sqs:SendMessage"],
    run: (world) =>
      whileActing(world, acceptPublication(world), async ({ bot }) => {
        const soon = { ...pace, freeAt: Date.now() + 60_000, act: "create" };
        await world.table.put(soon);
        const bell = batch(JSON.stringify({ botId: bot.botId }));
        expect(await world.invoke("deployer", bell)).toEqual(settled);
      }),
  },
  {
    title: "looks for templates to upgrade where no owner waits",
    uses: ["dynamodb:Query index/open", "dynamodb:Query index/listing"],
    async run(world) {
      const round = { pk: `UPGRADES#${cell}`, sk: "ROUND" };
      await world.table.remove(round);
      // The acts of other roles' scenarios come first.
      await repeat(async () => {
        expect(await world.invoke("deployer", batch('{"upgrades":true}'))).toEqual(settled);
        return (await world.table.get(round)) !== undefined;
      });
    },
  },
  {
    title: "changes limits in place, unless another stage's act has just begun",
    uses: ["cloudformation:UpdateStack", "cloudformation:ListStacks"],
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
    uses: [
      "cloudformation:DeleteStack",
      "apigateway:GET /usageplans/*/keys",
      "s3:DeleteObject",
      "ssm:GetParametersByPath",
      "ssm:DeleteParameters",
    ],
    run: (world) =>
      whileActing(world, deployedBot(world), async ({ bot, publication, outputs }) => {
        const { path } = await addKnowledge(world, bot.botId, ["Outlet keeps notes."]);
        const gateway = world.app.client(APIGatewayClient);
        const name = `lost-${bot.botId}`;
        const { id } = await gateway.send(new CreateApiKeyCommand({ name, enabled: true }));
        const { usagePlanId } = idsOf(outputs.stack);
        await gateway.send(
          new CreateUsagePlanKeyCommand({ usagePlanId, keyId: id, keyType: "API_KEY" }),
        );
        const Name = `/outlet/${stage}/bots/${bot.botId}/secret`;
        const parameters = world.app.client(SSMClient);
        await parameters.send(new PutParameterCommand({ Name, Value: "x", Type: "SecureString" }));
        await Publication.removeWithBot(world.deps(), owner, bot);
        await repeat(async () => {
          await look(world, bot.botId);
          return (await Bot.fromId(world.table, bot.botId)) === undefined;
        });
        await expect(statusOf(world, publication.stackName)).rejects.toThrow(/does not exist/);
        expect(await keyNames(world, name)).toEqual([]);
        expect(await world.objects.get(path)).toBeUndefined();
        await expect(parameters.send(new GetParameterCommand({ Name }))).rejects.toThrow(
          ParameterNotFound,
        );
      }),
  },
  {
    title: "goes on rolling back where a rollback has failed",
    uses: ["cloudformation:ContinueUpdateRollback", "cloudformation:DescribeEvents"],
    run: (world) =>
      whileActing(world, acceptPublication(world), async ({ bot, publication }) => {
        await failRollback(world, publication.stackName);
        const since = Date.now();
        await look(world, bot.botId);
        await until(world, publication.stackName, "UPDATE_ROLLBACK_COMPLETE");
        // What a validation has found only adds to the outcome, which is the same without it.
        const lines = await world.app.logs(world.idOf("deployer"), since);
        expect(lines.filter((line) => line.includes("not authorized"))).toEqual([]);
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
    timeout: 60_000,
    interval: 100,
  });
