import { expect, test } from "vitest";
import { defaultEndpoint } from "./endpoints.ts";

test.each([
  ["dynamodb", "eu-central-1", "https://dynamodb.eu-central-1.amazonaws.com"],
  ["sqs", "cn-north-1", "https://sqs.cn-north-1.amazonaws.com.cn"],
  ["s3vectors", "eu-central-1", "https://s3vectors.eu-central-1.api.aws"],
  ["s3vectors", "cn-north-1", "https://s3vectors.cn-north-1.api.amazonwebservices.com.cn"],
])("%s in %s is at %s", (service, region, endpoint) => {
  expect(defaultEndpoint(service, region, {})).toBe(endpoint);
});

test("an endpoint of the environment comes first, unless it is to be ignored", () => {
  const env = { AWS_ENDPOINT_URL_S3VECTORS: "http://a", AWS_ENDPOINT_URL: "http://b" };
  expect(defaultEndpoint("s3vectors", "eu-central-1", env)).toBe("http://a");
  expect(defaultEndpoint("sqs", "eu-central-1", env)).toBe("http://b");
  const ofBedrock = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "http://c" };
  expect(defaultEndpoint("bedrock-runtime", "eu-central-1", ofBedrock)).toBe("http://c");
  const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
  expect(defaultEndpoint("sqs", "eu-central-1", ignored)).toMatch(/amazonaws\.com$/);
});
