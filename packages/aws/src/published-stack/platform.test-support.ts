import type { Platform } from "./template.ts";

/** For tests: an installation that stacks are made for. */
export const testPlatform: Platform = {
  partition: "aws",
  region: "us-east-1",
  accountId: "111122223333",
  cell: "111122223333/us-east-1",
  publishedApiFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:api",
  authorizerFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:authorizer",
  webAclArn: "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/outlet/1",
  accessLogRetentionDays: 30,
};
