import { nodeCrypto } from "@outlet/core/ports";
import type { Credentials, CredentialSource } from "./credentials.ts";

interface Unsigned {
  host: string;
  /** As it is sent, encoded; without a query. */
  path: string;
  /** Names in small letters. */
  headers: Record<string, string>;
  body: string;
}

/** @returns the headers with those of the signature. */
export type Sign = (
  request: Unsigned,
  at: Date,
) => Record<string, string> | Promise<Record<string, string>>;

/**
 * Signature Version 4 for POST requests without a query, which is all that the JSON protocols send
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). By
 * hand, as the SDK's signer brings 60 KB into each bundle; it is the judge in the test.
 */
export function createSigner(options: {
  service: string;
  region: string;
  credentials: CredentialSource;
}): Sign {
  const { service, region } = options;
  let known: { secret: string; day: string; key: Buffer } | undefined;

  /** Good for a day. */
  function keyOf({ secretAccessKey: secret }: Credentials, day: string): Buffer {
    if (known?.day === day && known.secret === secret) return known.key;
    const parts = [day, region, service, "aws4_request"];
    const key = parts.reduce<string | Buffer>((by, part) => hmac(by, part), `AWS4${secret}`);
    known = { secret, day, key: Buffer.from(key) };
    return known.key;
  }

  return async ({ host, path, headers, body }, at) => {
    const credentials = await options.credentials();
    const time = at.toISOString().replace(/[-:]|\.\d{3}/g, "");
    const day = time.slice(0, 8);
    const { sessionToken } = credentials;
    const all: Record<string, string> = {
      ...headers,
      host,
      "x-amz-date": time,
      ...(sessionToken && { "x-amz-security-token": sessionToken }),
    };
    const names = Object.keys(all).sort();
    const signedHeaders = names.join(";");
    const said = names
      .map((name) => `${name}:${all[name]?.trim().replace(/\s+/g, " ")}\n`)
      .join("");
    // Of a path, what is encoded is encoded once more.
    const uri = path.split("/").map(encode).join("/");
    const canonical = ["POST", uri, "", said, signedHeaders, sha256(body)].join("\n");
    const scope = `${day}/${region}/${service}/aws4_request`;
    const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
    const signature = hmac(keyOf(credentials, day), toSign).toString("hex");
    const credential = `${credentials.accessKeyId}/${scope}`;
    return {
      ...all,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    };
  };
}

/** The headers without which emulators refuse a request, and no cryptography. */
export function createUnsigned({ service, region }: { service: string; region: string }): Sign {
  const said = {
    authorization: `AWS4-HMAC-SHA256 Credential=local/20250101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
    "x-amz-date": "20250101T000000Z",
  };
  const known = new WeakMap<object, Record<string, string>>();
  return ({ headers }) => {
    const all = known.get(headers) ?? { ...headers, ...said };
    known.set(headers, all);
    return all;
  };
}

/** All but unreserved characters (RFC 3986). */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const sha256 = (text: string): string =>
  nodeCrypto().createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer =>
  nodeCrypto().createHmac("sha256", key).update(text).digest();
