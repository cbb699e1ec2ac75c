import type { Credentials } from "./credentials.ts";
import { defaultEndpoint } from "./endpoints.ts";
import { type Frame, FrameReader } from "./event-stream.ts";
import { createStreamTarget, type Opened } from "./exchange.ts";
import { signerOf } from "./json-client.ts";
import { BrokenAnswer, type ServiceError } from "./service-error.ts";
import { createSigned, toError } from "./signed.ts";
import { encode } from "./signing.ts";

export interface ConverseOptions {
  region: string;
  /** Another endpoint than AWS's own, or a Unix socket (`unix-endpoint.ts`). */
  endpoint?: string | undefined;
  /** The environment's, else the SDK's default chain, where absent. */
  credentials?: Credentials | undefined;
  /** The endpoint is an emulator on this machine that checks no signatures: spare the signing. */
  local?: boolean | undefined;
}

/** One event of an answer: its `:event-type` and what its JSON says. */
export interface ConverseEvent {
  name: string;
  body: unknown;
}

/** Bedrock's ConverseStream: each request is sent once, and its answer may take any time. */
export interface ConverseClient {
  /**
   * Events as they come. Leaving them hangs up.
   * @param body as https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
   *   has it, bytes in base64.
   * @throws ServiceError before the first event; StreamException, BrokenAnswer, NoAnswer and errors of the
   *   socket at any time; what the signal was aborted with.
   */
  stream(modelId: string, body: object, signal: AbortSignal): AsyncGenerator<ConverseEvent>;
  destroy(): void;
}

/** What was said in mid-answer instead of the rest of it. */
class StreamException extends Error {
  /** @param name as Bedrock gives it; in a stream some regions spell its first letter small. */
  constructor(name: string, message: string) {
    super(message);
    this.name = name.charAt(0).toUpperCase() + name.slice(1);
  }
}

/** @example const client = createConverseClient({ region: "eu-central-1" }); */
export function createConverseClient(options: ConverseOptions): ConverseClient {
  const endpoint = options.endpoint ?? defaultEndpoint("bedrock-runtime", options.region);
  const target = createStreamTarget(endpoint);
  const send = createSigned(target.host, signerOf("bedrock", options));
  return {
    destroy: () => target.close(),
    async *stream(modelId, said, signal) {
      const body = JSON.stringify(said);
      const path = `/model/${encode(modelId)}/converse-stream`;
      const headers = { "content-type": "application/json" };
      const open = (signed: Record<string, string>) =>
        target.open({ path, headers: signed, body, signal });
      const opened = await send({ path, headers, body }, open, refusalOf);
      const frames = new FrameReader();
      for await (const chunk of opened.body) {
        signal.throwIfAborted();
        // Without an encoding a stream gives bytes alone.
        for (const frame of frames.take(chunk as Buffer)) yield toEvent(frame);
      }
      frames.end();
    },
  };
}

async function refusalOf({ status, headers, body }: Opened): Promise<ServiceError> {
  const chunks: Buffer[] = await body.toArray();
  return toError({ status, headers, body: Buffer.concat(chunks).toString("utf8") });
}

/** @throws StreamException, BrokenAnswer */
function toEvent({ headers, payload }: Frame): ConverseEvent {
  const kind = headers[":message-type"];
  if (kind === "error") {
    throw new StreamException(headers[":error-code"] ?? "Unknown", headers[":error-message"] ?? "");
  }
  const body = parse(payload);
  if (kind === "exception") {
    throw new StreamException(headers[":exception-type"] ?? "Unknown", messageOf(body));
  }
  return { name: headers[":event-type"] ?? "", body };
}

function parse(payload: Buffer): unknown {
  try {
    return payload.length === 0 ? {} : JSON.parse(payload.toString("utf8"));
  } catch (cause) {
    throw new BrokenAnswer("An event is no JSON.", { cause });
  }
}

function messageOf(body: unknown): string {
  const isObject = typeof body === "object" && body !== null;
  return isObject && "message" in body ? String(body.message) : "";
}
