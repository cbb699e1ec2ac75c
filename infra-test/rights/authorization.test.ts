import { expect, test } from "vitest";
import { everything, program } from "../program.ts";
import type { Statement } from "../sst/graph.ts";
import { overlap } from "./arn-patterns.ts";
import { faultsOf } from "./authorization-data.ts";

const whole = () => program("prod", everything);

test("every statement of every role names actions and resources of AWS's", async () => {
  const graph = await whole();
  const roles = graph.all("aws:iam/role:Role");
  const statements = roles.flatMap((role) =>
    graph.statements(role).map((statement) => ({ role: role.name, statement })),
  );
  expect(statements.length).toBeGreaterThan(roles.length);
  const judged = await Promise.all(
    statements.map(async ({ role, statement }) =>
      (await faultsOf(statement)).map((fault) => `${role}: ${fault}`),
    ),
  );
  expect(judged.flat()).toEqual([]);
});

test("every policy of a queue names actions and resources of that service", async () => {
  const policies = (await whole()).all("aws:sqs/queuePolicy:QueuePolicy");
  expect(policies.length).toBeGreaterThan(0);
  for (const { inputs } of policies) {
    const { Statement } = JSON.parse(String(inputs.policy)) as { Statement: Statement[] };
    for (const statement of Statement) expect(await faultsOf(statement)).toEqual([]);
  }
});

test("rights over the gateway's keys cannot be narrowed: tagging knows no condition on what is tagged", async () => {
  const gateway = (path: string) => `arn:aws:apigateway:us-east-1::${path}`;
  const ofStage = { StringEquals: { "aws:ResourceTag/outlet:stage": "prod" } };
  // By its tag a key could be told when it is deleted…
  expect(await faultsOf(statement("apigateway:DELETE", gateway("/apikeys/*"), ofStage))).toEqual(
    [],
  );
  // … but whoever tags keys may tag any.
  expect(await faultsOf(statement("apigateway:PUT", gateway("/tags/*"), ofStage))).toEqual([
    "apigateway:PUT has no key aws:ResourceTag/outlet:stage",
  ]);
});

const statement = (Action: string, Resource: string, Condition?: object): Statement => ({
  Effect: "Allow",
  Action: [Action],
  Resource: [Resource],
  ...(Condition && { Condition }),
});
const table = "arn:aws:dynamodb:us-east-1:111122223333:table/t";

test.each([
  ["an action that there is not", statement("dynamodb:GetItems", table), /is no action/],
  [
    "a resource of another kind",
    statement("dynamodb:GetItem", "arn:aws:sqs:us-east-1:111122223333:q"),
    /takes no arn/,
  ],
  [
    "an ARN for what takes none",
    statement("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:111122223333:log-group:*"),
    /needs \*/,
  ],
  [
    "a condition that the action does not know",
    statement("dynamodb:GetItem", table, { StringEquals: { "sqs:anything": "x" } }),
    /has no key/,
  ],
])("%s is found", async (_, wrong, words) => {
  expect((await faultsOf(wrong)).join()).toMatch(words);
});

test.each([
  ["arn:aws:s3:::a-*/*", "arn:${Partition}:s3:::${Bucket}/${Key}", true],
  ["arn:aws:s3:::bucket", "arn:${Partition}:s3:::${Bucket}/${Key}", false],
  [
    "arn:aws:apigateway:us-east-1::/usageplans/*",
    "arn:${P}:apigateway:${R}::/usageplans/${Id}/keys/${Key}",
    true,
  ],
  [
    "arn:aws:apigateway:us-east-1::/usageplans/x/keys",
    "arn:${P}:apigateway:${R}::/usageplans/${Id}",
    false,
  ],
])("%s and %s have an ARN in common: %s", (a, b, expected) => {
  expect(overlap(a, b)).toBe(expected);
});
