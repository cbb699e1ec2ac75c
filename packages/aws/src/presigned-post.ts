import { createHmac } from "node:crypto";

export interface PostOptions {
  bucket: string;
  region: string;
  path: string;
  /** Of the file; no other number is taken. */
  bytes: number;
  expiresSeconds: number;
  /** Epoch milliseconds. */
  now: number;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };
}

/**
 * The fields of a form with which a browser puts one object, and none else, into a bucket
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html).
 */
export function presignedFields(options: PostOptions): Record<string, string> {
  const { bucket, region, path, bytes, credentials, now, expiresSeconds } = options;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const fields = {
    key: path,
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${credentials.accessKeyId}/${day}/${region}/s3/aws4_request`,
    "x-amz-date": time,
    ...(credentials.sessionToken && { "x-amz-security-token": credentials.sessionToken }),
  };
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(now + expiresSeconds * 1_000).toISOString(),
      conditions: [
        { bucket },
        ["content-length-range", bytes, bytes],
        ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
      ],
    }),
  ).toString("base64");
  const signature = signPolicy(policy, {
    secretAccessKey: credentials.secretAccessKey,
    day,
    region,
  });
  return { ...fields, policy, "x-amz-signature": signature };
}

/** @param policy in base64, which is what is signed. */
export function signPolicy(
  policy: string,
  { secretAccessKey, day, region }: { secretAccessKey: string; day: string; region: string },
): string {
  let key: string | Buffer = `AWS4${secretAccessKey}`;
  for (const part of [day, region, "s3", "aws4_request"]) key = hmac(key, part);
  return hmac(key, policy).toString("hex");
}

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();
