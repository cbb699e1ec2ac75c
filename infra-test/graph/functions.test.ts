import { describe, expect, test } from "vitest";
import { handlerOf } from "../handler.ts";
import { fn, handlers, prod, readable } from "./app.ts";

describe("functions", () => {
  test("are these and no others", () => {
    const built = Object.values(prod.data.functions).map(({ handler }) => handler);
    expect(built.toSorted()).toEqual(handlers.map(handlerOf).toSorted());
  });

  test.each(handlers)(
    "%s runs on Node 24 for ARM, minified, and keeps its logs a month",
    (name) => {
      const { lambda, build, id } = fn(name);
      expect(lambda).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"] });
      expect(build.properties).toMatchObject({ minify: true, splitting: true });
      expect(lambda.loggingConfig.logFormat).toBe("JSON");
      const group = prod.one("aws:cloudwatch/logGroup:LogGroup", `${id}LogGroup`);
      expect(group.inputs.retentionInDays).toBe(30);
    },
  );

  test("and the control API leave no log that is kept for ever", () => {
    const groups = prod.all("aws:cloudwatch/logGroup:LogGroup");
    expect(groups.map(({ inputs }) => inputs.retentionInDays)).toEqual(
      Array(handlers.length + 1).fill(30),
    );
  });

  test("have no URL of their own that strangers could call", () => {
    expect(prod.all("aws:lambda/functionUrl:FunctionUrl")).toEqual([]);
  });

  test("may be invoked by API Gateway alone, through one statement for all bots", () => {
    const permissions = prod.all("aws:lambda/permission:Permission");
    expect(permissions.map(({ inputs }) => inputs.principal)).toEqual(
      Array(3).fill("apigateway.amazonaws.com"),
    );
    const everyBot = permissions.filter(({ name }) => name.endsWith("FromEveryBot"));
    expect(everyBot.map(({ inputs }) => inputs.sourceArn).toSorted()).toEqual([
      "arn:aws:execute-api:us-east-1:111122223333:*/*/*/*",
      "arn:aws:execute-api:us-east-1:111122223333:*/authorizers/*",
    ]);
  });

  test("of HTTP stream their answers", () => {
    const { inputs } = prod.one("aws:apigateway/integration:Integration");
    expect(inputs.responseTransferMode).toBe("STREAM");
    expect(fn("published-api").build.properties).toBeDefined();
  });
});

const resourceless =
  /^(cloudwatch:GetMetricData|cloudformation:ListStacks|logs:Describe(LogGroups|ResourcePolicies|IndexPolicies))$/;

describe("rights", () => {
  test.each(handlers)("of %s are exactly those written down", (name) => {
    const { statements, managedPolicies } = fn(name);
    expect(managedPolicies).toEqual([
      "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ]);
    expect(statements.map(readable)).toMatchSnapshot();
  });

  test("name no wildcard action and no wildcard resource", () => {
    const all = handlers.flatMap((name) => fn(name).statements);
    const roles = prod
      .all("aws:iam/role:Role", "StackRole")
      .flatMap((role) => prod.statements(role));
    for (const { Action, Resource, Effect } of [...all, ...roles]) {
      expect(Effect).toBe("Allow");
      for (const action of [Action].flat()) expect(action).not.toContain("*");
      // They take no resource (infra-test/rights/authorization.test.ts).
      if ([Action].flat().every((action) => resourceless.test(action))) continue;
      for (const resource of [Resource].flat()) expect(resource).not.toBe("*");
    }
  });

  test("of the stack role are exactly those written down, and CloudFormation alone takes it", () => {
    const role = prod.one("aws:iam/role:Role", "StackRole");
    expect(prod.statements(role).map(readable)).toMatchSnapshot();
    const { Statement } = JSON.parse(role.inputs.assumeRolePolicy) as { Statement: unknown };
    expect(Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["sts:AssumeRole"],
        Principal: { Service: ["cloudformation.amazonaws.com"] },
      },
    ]);
  });

  test("to pass a role are those of the deployer, to CloudFormation", () => {
    const passing = handlers.filter((name) =>
      fn(name).statements.some(({ Action }) => [Action].flat().includes("iam:PassRole")),
    );
    expect(passing).toEqual(["deployer"]);
    const [statement] = fn("deployer").statements.filter(({ Action }) =>
      [Action].flat().includes("iam:PassRole"),
    );
    expect(statement?.Condition).toEqual({
      StringEquals: { "iam:PassedToService": ["cloudformation.amazonaws.com"] },
    });
  });
});

describe("a function that rings for itself", () => {
  test("is not taken for an endless loop", () => {
    const configured = prod
      .all("aws:lambda/functionRecursionConfig:FunctionRecursionConfig")
      .map(({ name, inputs }) => `${name} ${inputs.recursiveLoop}`);
    expect(configured.toSorted()).toEqual([
      "DeadLettersMayLoop Allow",
      "DeployerMayLoop Allow",
      "WebhooksMayLoop Allow",
      "WorkerMayLoop Allow",
    ]);
  });

  test("is told of a stack's end by CloudFormation", () => {
    const { inputs } = prod.one("aws:cloudwatch/eventRule:EventRule");
    expect(JSON.parse(String(inputs.eventPattern))).toEqual({
      source: ["aws.cloudformation"],
      "detail-type": ["CloudFormation Stack Status Change"],
      detail: {
        "stack-id": [{ prefix: expect.stringMatching(/:stack\/outlet-prod-bot-$/) }],
        "status-details": { status: [{ suffix: "_COMPLETE" }, { suffix: "_FAILED" }] },
      },
    });
    const queue = prod.one("aws:sqs/queue:Queue", "DeployQueueQueue").inputs;
    const target = prod.one("aws:cloudwatch/eventTarget:EventTarget").inputs;
    expect(String(target.arn).split(":").at(-1)).toBe(queue.name);
    const { policy } = prod.one("aws:sqs/queuePolicy:QueuePolicy").inputs;
    expect(policy).toContain('"Principal":{"Service":["events.amazonaws.com"]}');
  });
});
