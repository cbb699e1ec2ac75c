import type { Platform } from "@outlet/aws/published-stack/template";
import { defaultPolicy } from "@outlet/functions/policy";
import {
  createLambdaFunction,
  type LambdaFunction,
  type LambdaHandler,
} from "../function-host/function.ts";

/** The account and Region that the embedded runtime plays. */
export const region = "us-east-1";
const accountId = "000000000000";
export const cell = `${accountId}/${region}`;

const functionArn = (name: string) =>
  `arn:aws:lambda:${region}:${accountId}:function:outlet-${name}`;

export const platform: Platform = {
  partition: "aws",
  region,
  accountId,
  cell,
  publishedApiFunctionArn: functionArn("published-api"),
  authorizerFunctionArn: functionArn("authorizer"),
  webAclArn: `arn:aws:wafv2:${region}:${accountId}:regional/webacl/outlet/embedded`,
  accessLogRetentionDays: 30,
};

/**
 * What is tuned for one machine: leases are short because every holder dies with this process, and
 * the sweeper comes often because it costs nothing here.
 */
export const policy = {
  ...defaultPolicy,
  /** Units cost nothing here, and a call is a turn of two processes. */
  acceptsInOne: true,
  leaseMs: 8_000,
  heartbeatMs: 2_000,
  cancelPollMs: 2_000,
  attemptBackoffMs: 1_000,
  quietMs: 10_000,
  pollSeconds: 1,
  probeTimeoutMs: 20_000,
  deployLeaseMs: 8_000,
};

export const lambda = (name: string, handler: LambdaHandler, timeoutMs: number): LambdaFunction =>
  createLambdaFunction({ name, arn: functionArn(name), handler, timeoutMs });
