import { systemClock } from "@outlet/core/ports";
import { socketPathOf } from "../unix-endpoint.ts";
import { createCredentialSource, type Credentials } from "./credentials.ts";
import { defaultEndpoint } from "./endpoints.ts";
import { createTarget } from "./exchange.ts";
import { createPipeline } from "./pipeline.ts";
import { createSigned, toError } from "./signed.ts";
import { createSigner, createUnsigned, type Sign } from "./signing.ts";
import { BrokenAnswer, isPassing, pauseBefore } from "./service-error.ts";

export interface LeanOptions {
  region: string;
  /** In place of AWS's own, or a Unix socket (`unix-endpoint.ts`). */
  endpoint?: string | undefined;
  /** The environment's, else the SDK's default chain, where absent. */
  credentials?: Credentials | undefined;
  /** The endpoint is an emulator on this machine that checks no signatures: spare the signing. */
  local?: boolean | undefined;
  /** How long to wait for the answer to one try of a call; a second where absent. */
  requestTimeoutMs?: number | undefined;
  /** Tries of one call; three where absent. */
  triesMax?: number | undefined;
  /** Whether no answer keeps others waiting: then a Unix socket takes one connection for all. */
  pipelined?: boolean | undefined;
  /** Connections at once; 50 where absent. */
  maxSockets?: number | undefined;
}

interface CallOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** A service that speaks JSON: AWS's JSON 1.0, such as DynamoDB and SQS, or JSON over REST by POST. */
export interface JsonClient {
  /**
   * @param operation such as `GetItem`; of a REST service its path, such as `/rerank`, encoded.
   * @returns what was answered; the caller knows its shape.
   * @throws ServiceError, and where there was none to be had in all tries, NoAnswer or BrokenAnswer.
   */
  call<Output>(operation: string, input: object, options?: CallOptions): Promise<Output>;
  close(): void;
}

/**
 * With a target: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html, without:
 * https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html.
 */
const services: Record<
  "dynamodb" | "sqs" | "bedrock-runtime" | "bedrock-agent-runtime" | "s3vectors",
  Protocol
> = {
  dynamodb: { signedAs: "dynamodb", target: "DynamoDB_20120810" },
  sqs: { signedAs: "sqs", target: "AmazonSQS" },
  "bedrock-runtime": { signedAs: "bedrock" },
  "bedrock-agent-runtime": { signedAs: "bedrock" },
  s3vectors: { signedAs: "s3vectors" },
};
interface Protocol {
  signedAs: string;
  target?: string;
}
export type Service = keyof typeof services;

/**
 * A client of one service that does what Outlet asks of it and nothing else: what the SDK's client
 * does for each call costs more than the call. Retries and time-outs are those of `clients.ts`.
 *
 * @example const dynamodb = createJsonClient("dynamodb", { region: "eu-central-1" });
 */
export function createJsonClient(service: Service, options: LeanOptions): JsonClient {
  const { region, requestTimeoutMs = 1_000, triesMax = 3, maxSockets = 50 } = options;
  const endpoint = options.endpoint ?? defaultEndpoint(service, region);
  const socketPath = options.pipelined ? socketPathOf(endpoint) : undefined;
  const target =
    socketPath === undefined ? createTarget(endpoint, maxSockets) : createPipeline(socketPath);
  const { signedAs, target: prefix } = services[service];
  const sign = signerOf(signedAs, options);
  const send = createSigned(target.host, sign);

  async function attempt(operation: string, body: string, options: CallOptions): Promise<unknown> {
    const headers = prefix ? headersOf(prefix, operation) : json;
    const path = prefix ? "/" : operation;
    const post = (signed: Record<string, string>) =>
      target.post({
        path,
        headers: signed,
        body,
        timeoutMs: options.timeoutMs ?? requestTimeoutMs,
        signal: options.signal,
      });
    const answer = await send({ path, headers, body }, post, toError);
    return parse(answer.body);
  }

  return {
    close: () => target.close(),
    async call<Output>(operation: string, input: object, options: CallOptions = {}) {
      const body = JSON.stringify(input);
      for (let tries = 1; ; tries++) {
        try {
          // The border to the service: its answers are of the shapes it documents.
          return (await attempt(operation, body, options)) as Output;
        } catch (error) {
          if (tries >= triesMax || !isPassing(error)) throw error;
          await systemClock.sleep(pauseBefore(error, tries), options.signal);
        }
      }
    },
  };
}

const json = { "content-type": "application/json" };

/** One object for each of a few operations: who makes something of it may keep that with it. */
function headersOf(prefix: string, operation: string): Record<string, string> {
  const target = `${prefix}.${operation}`;
  const known = targets.get(target);
  if (known) return known;
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
  targets.set(target, headers);
  return headers;
}
const targets = new Map<string, Record<string, string>>();

/** @param service as it is signed. */
export function signerOf(
  service: string,
  { local, region, credentials: known }: Pick<LeanOptions, "local" | "region" | "credentials">,
): Sign {
  if (local) return createUnsigned({ service, region });
  const credentials = known ? () => Promise.resolve(known) : createCredentialSource();
  return createSigner({ service, region, credentials });
}

function parse(body: string): unknown {
  try {
    return body === "" ? {} : JSON.parse(body);
  } catch (cause) {
    throw new BrokenAnswer("The answer ends before its JSON does.", { cause });
  }
}
