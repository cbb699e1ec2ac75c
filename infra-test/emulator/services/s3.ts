import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  type FilterRuleName,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Recorded } from "../../sst/graph.ts";
import { type Cloud, type Mappings, SKIP } from "../cloud.ts";
import { enforceable } from "../quirks.ts";
import { pascal, some } from "../shape.ts";

const madeBuckets = new WeakMap<Cloud, Set<string>>();

async function makeBucket(cloud: Cloud, Bucket: string): Promise<void> {
  const made = madeBuckets.get(cloud) ?? new Set<string>();
  madeBuckets.set(cloud, made);
  if (made.has(Bucket)) return;
  made.add(Bucket);
  const { region } = cloud.target;
  const CreateBucketConfiguration =
    region === "us-east-1" ? undefined : { LocationConstraint: region as BucketLocationConstraint };
  await cloud.client(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
}

const topics = {
  queues: "QueueConfigurations",
  lambdaFunctions: "LambdaFunctionConfigurations",
  topics: "TopicConfigurations",
} as const;
const arns = {
  queues: "QueueArn",
  lambdaFunctions: "LambdaFunctionArn",
  topics: "TopicArn",
} as const;
const filter = (prefix?: string, suffix?: string) => {
  const FilterRules = [
    ["prefix", prefix],
    ["suffix", suffix],
  ].flatMap(([Name, Value]) => (Value ? [{ Name: Name as FilterRuleName, Value }] : []));
  return FilterRules.length ? { Key: { FilterRules } } : undefined;
};

export const s3: Mappings = {
  "aws:s3/bucket:Bucket": async (i, cloud, { name }) => {
    const bucket = i.bucket ?? name.toLowerCase();
    await makeBucket(cloud, bucket);
    return { id: bucket, bucket, arn: `arn:aws:s3:::${bucket}` };
  },
  "aws:s3/bucketPolicy:BucketPolicy": async ({ bucket, policy }, cloud) => {
    const Policy = enforceable(policy);
    if (Policy)
      await cloud.client(S3Client).send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": async ({ bucket, ...i }, cloud) => {
    const PublicAccessBlockConfiguration = pascal(i, {
      spell: { blockPublicAcls: "BlockPublicAcls", ignorePublicAcls: "IgnorePublicAcls" },
    });
    await cloud
      .client(S3Client)
      .send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration }));
  },
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": async (i, cloud) => {
    await cloud.client(S3Client).send(
      new PutBucketCorsCommand({
        Bucket: i.bucket,
        CORSConfiguration: { CORSRules: pascal(i.corsRules) },
      }),
    );
  },
  "aws:s3/bucketVersioning:BucketVersioning": async (i, cloud) => {
    await cloud.client(S3Client).send(
      new PutBucketVersioningCommand({
        Bucket: i.bucket,
        VersioningConfiguration: { Status: i.versioningConfiguration.status },
      }),
    );
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": async (i, cloud) => {
    const Rules = pascal(i.rules, { spell: { id: "ID" } });
    await cloud.client(S3Client).send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: i.bucket,
        LifecycleConfiguration: { Rules },
      }),
    );
  },
  "aws:s3/bucketNotification:BucketNotification": async (i, cloud) => {
    const kinds = Object.keys(topics) as (keyof typeof topics)[];
    const NotificationConfiguration = Object.fromEntries(
      kinds.map((kind) => [
        topics[kind],
        some(
          i[kind]?.map((n: Recorded) => ({
            Id: n.id,
            Events: n.events,
            Filter: filter(n.filterPrefix, n.filterSuffix),
            [arns[kind]]: n.queueArn ?? n.lambdaFunctionArn ?? n.topicArn,
          })),
        ),
      ]),
    );
    await cloud.client(S3Client).send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: i.bucket,
        NotificationConfiguration,
      }),
    );
  },
  // SST's own assets: a function's code lies where its Lambda says, in the bucket that SST's bootstrap has made.
  "aws:s3/bucketObjectv2:BucketObjectv2": async (i, cloud, { name }) => {
    const functionId = name.replace(/Code$/, "");
    const isCode = functionId !== name && functionId in cloud.graph.data.functions;
    if (!isCode && i.content === undefined) return SKIP;
    await makeBucket(cloud, i.bucket);
    await cloud.client(S3Client).send(
      new PutObjectCommand({
        Bucket: i.bucket,
        Key: i.key,
        Body: isCode ? await cloud.packages(functionId) : i.content,
      }),
    );
  },
};
