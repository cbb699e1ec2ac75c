import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mayReceive } from "../../emulator/services/lambda.ts";
import type { Scenario } from "../scenario.ts";

/**
 * AWS looks at a function's own rights when its queue is mapped to it, and reads the queue by them
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html). MiniStack reads it as
 * root, so this asks its policy simulator.
 */
export const polling = (name: string): Scenario => ({
  title: "may be fed from its queue",
  uses: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  async run({ app, idOf }) {
    const { lambda, eventSources } = app.graph.functionById(idOf(name));
    const { Configuration } = await app
      .client(LambdaClient)
      .send(new GetFunctionCommand({ FunctionName: lambda.name }));
    for (const { eventSourceArn } of eventSources)
      await mayReceive(app, Configuration?.FunctionName ?? "", app.resolve(eventSourceArn));
  },
});
