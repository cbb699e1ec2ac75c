import { describe, expect, test } from "vitest";
import { presignedFields, signPolicy } from "./presigned-post.ts";

/** The example of AWS's own page on signing a policy, line ends and blanks as they are there. */
const example = [
  '{ "expiration": "2015-12-30T12:00:00.000Z",',
  '  "conditions": [',
  '    {"bucket": "sigv4examplebucket"},',
  '    ["starts-with", "$key", "user/user1/"],',
  '    {"acl": "public-read"},',
  '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
  '    ["starts-with", "$Content-Type", "image/"],',
  '    {"x-amz-meta-uuid": "14365123651274"},',
  '    {"x-amz-server-side-encryption": "AES256"},',
  '    ["starts-with", "$x-amz-meta-tag", ""],',
  "",
  '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
  '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
  '    {"x-amz-date": "20151229T000000Z" }',
  "  ]",
  "}",
].join("\r\n");

describe("a form that puts one object into a bucket", () => {
  test("is signed as AWS's example is", () => {
    const policy = Buffer.from(example).toString("base64");
    const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    expect(signPolicy(policy, { secretAccessKey, day: "20151229", region: "us-east-1" })).toBe(
      "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
    );
  });

  test("allows that object, of that size, for that long, and holds each of its fields", () => {
    const fields = presignedFields({
      bucket: "b",
      region: "eu-central-1",
      path: "knowledge/x/y/upload",
      bytes: 12,
      expiresSeconds: 60,
      now: Date.UTC(2026, 10, 27, 10, 0, 0),
      credentials: { accessKeyId: "AK", secretAccessKey: "s", sessionToken: "t" },
    });
    const policy: unknown = JSON.parse(Buffer.from(fields["policy"] ?? "", "base64").toString());
    expect(policy).toEqual({
      expiration: "2026-11-27T10:01:00.000Z",
      conditions: [
        { bucket: "b" },
        ["content-length-range", 12, 12],
        { key: "knowledge/x/y/upload" },
        { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
        { "x-amz-credential": "AK/20261127/eu-central-1/s3/aws4_request" },
        { "x-amz-date": "20261127T100000Z" },
        { "x-amz-security-token": "t" },
      ],
    });
    expect(fields["x-amz-signature"]).toMatch(/^[0-9a-f]{64}$/);
  });
});
