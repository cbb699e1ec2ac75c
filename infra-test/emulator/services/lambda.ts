import { setTimeout as wait } from "node:timers/promises";
import { IAMClient, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  GetFunctionCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  type Runtime,
} from "@aws-sdk/client-lambda";
import type { Cloud, Mappings } from "../cloud.ts";
import { pascal, some, without } from "../shape.ts";

/** The SDK's waiter polls no more than once a second. */
async function active(cloud: Cloud, FunctionName: string): Promise<void> {
  for (;;) {
    const { Configuration } = await cloud
      .client(LambdaClient)
      .send(new GetFunctionCommand({ FunctionName }));
    if (Configuration?.State === "Active") return;
    if (Configuration?.State === "Failed")
      throw new Error(`${FunctionName} fails to start: ${Configuration.StateReason}`);
    await wait(50);
  }
}

/** AWS refuses a mapping whose function can't read the queue; MiniStack 1.5.33 reads it as root. */
export async function mayReceive(
  cloud: Pick<Cloud, "client">,
  FunctionName: string,
  queue: string,
): Promise<void> {
  if (queue.split(":")[2] !== "sqs") return;
  const { Configuration } = await cloud
    .client(LambdaClient)
    .send(new GetFunctionCommand({ FunctionName }));
  const ActionNames = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
  const { EvaluationResults = [] } = await cloud.client(IAMClient).send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: Configuration?.Role,
      ActionNames,
      ResourceArns: [queue],
    }),
  );
  const denied = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== "allowed").map(
    ({ EvalActionName }) => EvalActionName,
  );
  if (denied.length)
    throw new Error(
      `the role of ${Configuration?.FunctionName} is not authorized to perform: ${denied.join(", ")} on ${queue}`,
    );
}

export const lambda: Mappings = {
  "aws:lambda/function:Function": async (i, cloud) => {
    if (i.packageType === "Image") throw new Error("container images are not applied");
    const client = cloud.client(LambdaClient);
    const { FunctionArn: arn, Version: version } = await client.send(
      new CreateFunctionCommand({
        FunctionName: i.name,
        Description: i.description,
        Role: i.role,
        Runtime: cloud.runtime(i.runtime) as Runtime,
        Handler: i.handler,
        Code: { S3Bucket: i.s3Bucket, S3Key: i.s3Key },
        MemorySize: i.memorySize,
        Timeout: i.timeout,
        Architectures: i.architectures,
        Environment: { Variables: i.environment?.variables },
        Layers: some(i.layers),
        EphemeralStorage: pascal(i.ephemeralStorage),
        LoggingConfig: pascal(i.loggingConfig),
        TracingConfig: pascal(i.tracingConfig),
        DeadLetterConfig: pascal(i.deadLetterConfig, { spell: { arn: "Arn" } }),
        Publish: i.publish,
      }),
    );
    const reserved = i.reservedConcurrentExecutions;
    if (reserved >= 0)
      await client.send(
        new PutFunctionConcurrencyCommand({
          FunctionName: i.name,
          ReservedConcurrentExecutions: reserved,
        }),
      );
    cloud.later(active(cloud, i.name));
    return { id: i.name, arn, version };
  },
  "aws:lambda/permission:Permission": async (i, cloud, { name }) => {
    await cloud.client(LambdaClient).send(
      new AddPermissionCommand({
        FunctionName: i.function,
        StatementId: i.statementId ?? name,
        Action: i.action,
        Principal: i.principal,
        SourceArn: i.sourceArn,
        SourceAccount: i.sourceAccount,
        Qualifier: i.qualifier ?? undefined,
        FunctionUrlAuthType: i.functionUrlAuthType,
        InvokedViaFunctionUrl: i.invokedViaFunctionUrl,
      }),
    );
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": async (i, cloud) => {
    await cloud.client(LambdaClient).send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: i.functionName,
        Qualifier: i.qualifier,
        MaximumRetryAttempts: i.maximumRetryAttempts,
        MaximumEventAgeInSeconds: i.maximumEventAgeInSeconds,
        DestinationConfig: pascal(i.destinationConfig),
      }),
    );
  },
  "aws:lambda/functionUrl:FunctionUrl": async (i, cloud) => {
    const { FunctionUrl } = await cloud.client(LambdaClient).send(
      new CreateFunctionUrlConfigCommand({
        FunctionName: i.functionName,
        Qualifier: i.qualifier,
        AuthType: i.authorizationType,
        InvokeMode: i.invokeMode,
        Cors: pascal(i.cors),
      }),
    );
    const urlId = new URL(FunctionUrl!).host.split(".")[0]!;
    return { urlId, functionUrl: `${cloud.target.endpoint}/_aws/lambda-url/${urlId}/` };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": async (i, cloud) => {
    await mayReceive(cloud, i.functionName, i.eventSourceArn);
    const { UUID, EventSourceMappingArn } = await cloud
      .client(LambdaClient)
      .send(
        new CreateEventSourceMappingCommand(pascal(without(i, "tags"), { spell: { arn: "Arn" } })),
      );
    return { id: UUID, uuid: UUID, arn: EventSourceMappingArn };
  },
};
