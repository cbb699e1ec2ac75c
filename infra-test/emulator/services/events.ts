import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import type { Mappings } from "../cloud.ts";
import { pascal, without } from "../shape.ts";

const spell = { arn: "Arn" };

export const events: Mappings = {
  "aws:cloudwatch/eventBus:EventBus": async (i, cloud, { name }) => {
    const { EventBusArn } = await cloud
      .client(EventBridgeClient)
      .send(new CreateEventBusCommand({ Name: i.name ?? name }));
    return { arn: EventBusArn };
  },
  "aws:cloudwatch/eventRule:EventRule": async (i, cloud, { name }) => {
    const { RuleArn } = await cloud.client(EventBridgeClient).send(
      new PutRuleCommand({
        ...pascal(without(i, "tags", "forceDestroy", "name")),
        Name: i.name ?? name,
      }),
    );
    return { arn: RuleArn };
  },
  "aws:cloudwatch/eventTarget:EventTarget": async (i, cloud, { name }) => {
    const { inputTransformer: t } = i;
    const target = pascal(
      without(i, "rule", "eventBusName", "targetId", "inputTransformer", "forceDestroy"),
      { spell },
    );
    const InputTransformer = t && { InputPathsMap: t.inputPaths, InputTemplate: t.inputTemplate };
    const Targets = [
      { ...target, Id: i.targetId ?? name, ...(InputTransformer && { InputTransformer }) },
    ];
    await cloud
      .client(EventBridgeClient)
      .send(new PutTargetsCommand({ Rule: i.rule, EventBusName: i.eventBusName, Targets }));
  },
  "aws:scheduler/schedule:Schedule": async (i, cloud, { name }) => {
    const { ScheduleArn } = await cloud
      .client(SchedulerClient)
      .send(new CreateScheduleCommand({ ...pascal(i, { spell }), Name: i.name ?? name }));
    return { arn: ScheduleArn };
  },
};
