import { createHash, createHmac } from "node:crypto";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { SignatureV4 } from "@smithy/signature-v4";

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Where AWS is, or what stands in for it. */
export interface AwsPlace {
  region: string;
  /** One base URL for every service, in place of AWS's own. */
  endpoint?: string;
  /** The default provider chain where absent: environment, profile, single sign-on, instance. */
  credentials?: Credentials;
}

/** What a service refused with: `name` is AWS's code, such as `AccessDeniedException`. */
export class AwsRefusal extends Error {
  readonly status: number;
  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

interface AwsRequest {
  /** As it is signed for, such as `lambda`. */
  service: string;
  /** The host's first part where that is another name, such as `bedrock-runtime`. */
  host?: string;
  method?: "GET" | "POST" | "PUT" | "DELETE";
  path?: string;
  query?: Record<string, string>;
  /** Of the JSON protocols: `{prefix}.{operation}`. */
  target?: string;
  /** JSON, or the fields of a form. */
  body?: object | URLSearchParams;
  timeoutMs?: number;
}

/**
 * Calls one operation of any service: the checks of a deployment need one or two operations each of
 * a dozen services, for which a client of each would have to be installed.
 * @returns the answer's body as text.
 * @throws AwsRefusal where the service answers an error.
 */
export type AwsCall = (request: AwsRequest) => Promise<string>;

export function createAwsCall({ region, endpoint, credentials }: AwsPlace): AwsCall {
  const source = credentials ?? defaultProvider();
  return async function call(request) {
    const { service, host = service, method = "POST", path = "/", query = {} } = request;
    const base = new URL(endpoint ?? addressOf(host, region));
    const isForm = request.body instanceof URLSearchParams;
    const body = bodyOf(request.body);
    const signer = new SignatureV4({ service, region, credentials: source, sha256: Sha256 });
    const { headers } = await signer.sign({
      protocol: base.protocol,
      hostname: base.hostname,
      ...(base.port && { port: Number(base.port) }),
      method,
      path,
      query,
      headers: {
        host: base.host,
        ...(body !== undefined && { "content-type": typeOf(isForm, request.target) }),
        ...(request.target && { "x-amz-target": request.target }),
      },
      ...(body !== undefined && { body }),
    });
    const { host: _, ...sent } = headers;
    const search = new URLSearchParams(query).toString();
    const answer = await fetch(new URL(`${path}${search && `?${search}`}`, base), {
      method,
      headers: sent,
      ...(body !== undefined && { body }),
      redirect: "error",
      signal: AbortSignal.timeout(request.timeoutMs ?? 10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw refusalOf(answer, text);
    return text;
  };
}

const bodyOf = (body: AwsRequest["body"]): string | undefined =>
  body instanceof URLSearchParams ? body.toString() : body && JSON.stringify(body);

function typeOf(isForm: boolean, target: string | undefined): string {
  if (isForm) return "application/x-www-form-urlencoded";
  return target ? "application/x-amz-json-1.1" : "application/json";
}

/** CloudTrail and the others of these checks are all at one kind of address. */
function addressOf(host: string, region: string): string {
  const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://${host}.${region}.${suffix}`;
}

/** JSON services name the error in the body or a header, query services in XML. */
function refusalOf(answer: Response, text: string): AwsRefusal {
  const named = /"__type"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? /<Code>([^<]+)/.exec(text)?.[1];
  const name = answer.headers.get("x-amzn-errortype") ?? named ?? `HTTP ${answer.status}`;
  const message =
    /"[Mm]essage"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ??
    /<Message>([^<]*)/.exec(text)?.[1] ??
    text.slice(0, 200);
  return new AwsRefusal(name.split(":")[0]?.split("#").at(-1) ?? name, message, answer.status);
}

/** The hash that the signer wants, by Node's own. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data));
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {
    throw new Error("A hash is used once");
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}
