import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSigner } from "./signing.ts";

const printable = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 60 });

test("what is signed here is what the SDK's own signer signs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
        secretAccessKey: printable,
        sessionToken: fc.option(printable, { nil: undefined }),
      }),
      fc.constantFrom("dynamodb", "sqs", "bedrock"),
      fc.constantFrom("/", "/model/amazon.titan-embed-text-v2%3A0/invoke", "/a%20b/(c)!/d"),
      fc.constantFrom("eu-central-1", "cn-north-1"),
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
      async ({ sessionToken, ...keys }, service, path, region, body, at) => {
        const credentials = { ...keys, ...(sessionToken && { sessionToken }) };
        const host = `${service}.${region}.amazonaws.com`;
        const headers = {
          "content-type": "application/x-amz-json-1.0",
          "content-length": String(Buffer.byteLength(body)),
          "x-amz-target": "DynamoDB_20120810.GetItem",
        };
        const sign = createSigner({ service, region, credentials: async () => credentials });
        const judge = new SignatureV4({
          service,
          region,
          credentials,
          sha256: Sha256,
          applyChecksum: false,
        });
        const theirs = await judge.sign(
          {
            method: "POST",
            protocol: "https:",
            hostname: host,
            path,
            query: {},
            headers: { ...headers, host },
            body,
          },
          { signingDate: at },
        );
        expect(await sign({ host, path, headers, body }, at)).toEqual(theirs.headers);
      },
    ),
    { numRuns: 200 },
  );
});

test("the signing key follows the day and the secret", async () => {
  let secretAccessKey = "first";
  const sign = createSigner({
    service: "sqs",
    region: "eu-central-1",
    credentials: async () => ({ accessKeyId: "AKID", secretAccessKey }),
  });
  const at = async (time: string) =>
    (await sign({ host: "h", path: "/", headers: {}, body: "" }, new Date(time))).authorization;
  const first = await at("2026-01-01T12:00:00Z");
  expect(await at("2026-01-01T12:00:00Z")).toBe(first);
  const dayAfter = await at("2026-01-02T12:00:00Z");
  secretAccessKey = "second";
  expect(new Set([first, dayAfter, await at("2026-01-02T12:00:00Z")]).size).toBe(3);
});

/** Node's own, in the shape that the SDK's signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", toKey(secret));
  }

  update(chunk: Uint8Array | string): void {
    this.#hash.update(chunk);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("The signer takes a new hash each time.");
  }
}

const toKey = (secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array => {
  if (typeof secret === "string") return secret;
  if (secret instanceof ArrayBuffer) return new Uint8Array(secret);
  return new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength);
};
