export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export interface Resource {
  Type: string;
  Properties: JsonObject;
  DependsOn?: string[];
}

/** A CloudFormation template as a plain object; `JSON.stringify` of it is what gets deployed. */
export interface Template {
  AWSTemplateFormatVersion: "2010-09-09";
  Description: string;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: Json; Description?: string }>;
}

/** What a published bot's stack takes from the place it is deployed to. */
export interface Platform {
  /** Of the app: part of every name, so that two stages of an account stay apart. None where absent. */
  stage?: string;
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string;
  region: string;
  accountId: string;
  /** The account and Region as the publication names them. */
  cell: string;
  publishedApiFunctionArn: string;
  authorizerFunctionArn: string;
  webAclArn: string;
  /**
   * A custom domain name of API Gateway under which each bot has a path of its own, so that its URL
   * outlives its API. Bots have their API's own address where absent.
   */
  apiDomain?: string;
  /** A value CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90 … */
  accessLogRetentionDays: number;
  /**
   * Whether each bot's stack has an application inference profile for each of its models, so that
   * the bill of the models can be split by the bot's tags.
   */
  inferenceProfiles?: boolean;
}
