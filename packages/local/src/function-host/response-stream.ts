import { PassThrough, Writable } from "node:stream";

/** Announces that a payload begins with {@link HttpMetadata}, 8 NUL bytes, then the body. */
const httpIntegrationContentType = "application/vnd.awslambda.http-integration-response";

const delimiter = Buffer.alloc(8);
const metadataMaxBytes = 1_048_576;

/** What a function says about an HTTP response before its body. */
export interface HttpMetadata {
  statusCode: number;
  headers: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  cookies?: string[];
}

export interface HttpStream {
  metadata: HttpMetadata;
  body: AsyncIterable<Uint8Array>;
  /** Tells the function that its caller has gone: it may stop, or go on for nobody. */
  abandon(): void;
}

/** The function answered, but not with an HTTP response. */
class MalformedResponse extends Error {
  override name = "MalformedResponse";
}

/** The `responseStream` a streaming handler writes to; the caller reads the same bytes as `output`. */
export class ResponseStream extends Writable {
  readonly output = new PassThrough();
  contentType = "application/octet-stream";
  #prelude: Buffer | undefined;

  constructor() {
    super();
    // The reader of `output` gets the error; without a listener it would end the process as well.
    this.output.on("error", () => {});
    this.on("error", () => {});
  }

  setContentType(contentType: string): void {
    this.contentType = contentType;
  }

  /** Says so to whoever listens; what is written from now on is read all the same. */
  abandon(): void {
    this.emit("abandoned");
  }

  /** As in Lambda's runtime the metadata leaves with the first write, even an empty one. */
  setHttpMetadata(metadata: unknown): void {
    this.setContentType(httpIntegrationContentType);
    this.#prelude = Buffer.concat([Buffer.from(JSON.stringify(metadata)), delimiter]);
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#prelude !== undefined) {
      this.output.write(this.#prelude);
      this.#prelude = undefined;
    }
    // `done` waits for the reader: a slow client slows the handler down.
    this.output.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.output.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.output.writableFinished) {
      this.output.destroy(error ?? new MalformedResponse("The response stream was not ended"));
    }
    done(error);
  }
}

/**
 * Splits a function's payload as API Gateway does.
 * @throws MalformedResponse where there is no metadata, and whatever the stream fails with before.
 */
export async function readHttpStream(stream: ResponseStream): Promise<HttpStream> {
  const payload = stream.output;
  const chunks: AsyncIterator<Buffer> = payload[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (;;) {
    const next = await chunks.next();
    if (next.done) throw new MalformedResponse("The function ended without HTTP metadata");
    head = Buffer.concat([head, next.value]);
    const end = head.indexOf(delimiter);
    if (end >= 0) {
      const metadata = parseMetadata(head.subarray(0, end).toString());
      const body = remainder(head.subarray(end + delimiter.length), chunks);
      return { metadata, body, abandon: () => stream.abandon() };
    }
    if (head.length > metadataMaxBytes) {
      payload.destroy();
      throw new MalformedResponse("The function's HTTP metadata does not end");
    }
  }
}

async function* remainder(
  first: Buffer,
  chunks: AsyncIterator<Buffer>,
): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  } finally {
    await chunks.return?.();
  }
}

function parseMetadata(text: string): HttpMetadata {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedResponse("The function's HTTP metadata is not JSON", { cause });
  }
  if (typeof value !== "object" || value === null) {
    throw new MalformedResponse("The function's HTTP metadata is no object");
  }
  const { statusCode, headers, multiValueHeaders, cookies } = value as Partial<HttpMetadata>;
  if (!Number.isInteger(statusCode) || statusCode === undefined) {
    throw new MalformedResponse("The function's HTTP metadata has no status code");
  }
  return {
    statusCode,
    headers: headers ?? {},
    ...(multiValueHeaders && { multiValueHeaders }),
    ...(cookies && { cookies }),
  };
}
