import { createPrivateKey, generateKeyPair, randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ulid } from "ulid";
import * as v from "valibot";

const base64 = (bytes: number) =>
  v.pipe(
    v.string(),
    v.base64(),
    v.check((text) => Buffer.from(text, "base64").length >= bytes, `must hold ${bytes} bytes`),
  );

/** An RSA private key as RFC 7517 and RFC 7518 §6.3 write it. */
const RsaPrivateJwk = v.strictObject({
  kty: v.literal("RSA"),
  use: v.literal("sig"),
  alg: v.literal("RS256"),
  kid: v.string(),
  n: v.string(),
  e: v.string(),
  d: v.string(),
  p: v.string(),
  q: v.string(),
  dp: v.string(),
  dq: v.string(),
  qi: v.string(),
});

const perUser = <T extends v.GenericSchema>(schema: T) =>
  v.strictObject({ owner: schema, user: schema, admin: schema });

const Secrets = v.strictObject({
  /** 32 bytes in base64: the key under which API keys are hashed. */
  pepper: base64(32),
  issuer: v.strictObject({
    jwks: v.strictObject({ keys: v.pipe(v.array(RsaPrivateJwk), v.minLength(1)) }),
    cookieKeys: v.pipe(v.array(base64(32)), v.minLength(1)),
  }),
  passwords: perUser(v.pipe(v.string(), v.minLength(16))),
  /** Who a user is to everything stored: bots name their owner by it. */
  subjects: perUser(v.pipe(v.string(), v.ulid())),
});

export type Secrets = v.InferOutput<typeof Secrets>;
export type IssuerSecrets = Secrets["issuer"];

/**
 * The secrets of one embedded runtime, in `dataDir/secrets.json` for its owner's eyes only: made on
 * first use, read ever after. Two processes that begin at once end up with the same ones.
 *
 * @throws where the file is there but cannot be used; it is never replaced, since every API key
 * and every stored bot hangs on it.
 */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, "secrets.json");
  const text = await readIfThere(path);
  if (text !== undefined) return parseSecrets(path, text);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await createExclusively(path, JSON.stringify(await generateSecrets(), null, 2));
  return parseSecrets(path, await readFile(path, "utf8"));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    const text = await readFile(path, "utf8");
    // A copy or a backup may have come back readable for others.
    await chmod(path, 0o600);
    return text;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function parseSecrets(path: string, text: string): Secrets {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not handed on: a JSON parser's message quotes the text it choked on.
    throw unusable(path, "it is not JSON");
  }
  const result = v.safeParse(Secrets, json);
  if (result.success) return result.output;
  const paths = result.issues.map((issue) => v.getDotPath(issue) ?? "(whole file)");
  throw unusable(path, `these members are missing or wrong: ${paths.join(", ")}`);
}

function unusable(path: string, cause: string): Error {
  return new Error(
    `${path} cannot be used: ${cause}. Put back the file that belongs to this data folder, or ` +
      "remove it to make new secrets: existing API keys and bot owners are lost then.",
  );
}

/** Whole or not at all, and never over a file that another process made meanwhile. */
async function createExclusively(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    await unlink(draft);
  }
}

async function generateSecrets(): Promise<Secrets> {
  return {
    pepper: randomBytes(32).toString("base64"),
    issuer: {
      jwks: { keys: [await generateSigningKey()] },
      cookieKeys: [randomBytes(32).toString("base64")],
    },
    passwords: { owner: generatePassword(), user: generatePassword(), admin: generatePassword() },
    subjects: { owner: ulid(), user: ulid(), admin: ulid() },
  };
}

async function generateSigningKey(): Promise<v.InferOutput<typeof RsaPrivateJwk>> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const jwk = createPrivateKey(privateKey).export({ format: "jwk" });
  return v.parse(RsaPrivateJwk, { ...jwk, use: "sig", alg: "RS256", kid: ulid() });
}

/** 100 bits that can be read out and typed: Crockford's base 32, lower case, in fours. */
function generatePassword(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const characters = Array.from(randomBytes(20), (byte) => alphabet.charAt(byte % 32)).join("");
  return characters.replace(/(.{4})(?=.)/g, "$1-");
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
