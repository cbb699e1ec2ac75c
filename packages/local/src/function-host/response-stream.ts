import { Writable } from "node:stream";

/** Announces that a payload begins with {@link HttpMetadata}, 8 NUL bytes, then the body. */
const httpIntegrationContentType = "application/vnd.awslambda.http-integration-response";

/** What a function says about an HTTP response before its body. */
export interface HttpMetadata {
  statusCode: number;
  headers: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  cookies?: string[];
}

export interface HttpStream {
  metadata: HttpMetadata;
  body: ResponseBody;
  /** Tells the function that its caller has gone: it may stop, or go on for nobody. */
  abandon(): void;
}

/** A body, chunk by chunk as the function writes it. */
export interface ResponseBody extends AsyncIterable<Uint8Array> {
  /** All that is left, where the function has ended it; then nothing is left to be read. */
  rest(): Uint8Array[] | undefined;
}

/** The function answered, but not with an HTTP response. */
class MalformedResponse extends Error {
  override name = "MalformedResponse";
}

/** What is said ahead of the reader, in bytes, before the function has to wait. */
const aheadMaxBytes = 65_536;

/** Between one who writes and one who reads, without the machinery of two streams and a pipe. */
class Output implements ResponseBody {
  readonly #chunks: Uint8Array[] = [];
  #heldBytes = 0;
  #isEnded = false;
  #isDiscarded = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #taken: (() => void) | undefined;

  /** @param taken called when the next chunk is welcome. */
  push(chunk: Uint8Array, taken: () => void): void {
    if (this.#isDiscarded) return taken();
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > aheadMaxBytes) this.#taken = taken;
    else taken();
    this.#wake?.();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  rest(): Uint8Array[] | undefined {
    return this.#isEnded ? this.#take() : undefined;
  }

  /** Resolves once there is something to take, or an end. @throws what the function failed with. */
  async filled(): Promise<void> {
    while (this.#chunks.length === 0 && !this.#isEnded) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Lets the function finish what nobody will hear. */
  discard(): void {
    this.#isDiscarded = true;
    this.#take();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      await this.filled();
      const isLast = this.#isEnded;
      yield* this.#take();
      if (isLast) return;
    }
  }

  #take(): Uint8Array[] {
    const chunks = this.#chunks.splice(0).filter(({ length }) => length > 0);
    this.#heldBytes = 0;
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
    return chunks;
  }
}

/** The `responseStream` a streaming handler writes to; the caller reads the same bytes as `output`. */
export class ResponseStream extends Writable {
  readonly output = new Output();
  contentType = "application/octet-stream";
  /** As it was said; it leaves with the first write, even an empty one, as in Lambda's runtime. */
  metadata: { said: unknown; isOut: boolean } | undefined;

  constructor() {
    super();
    // The reader of `output` gets the error; without a listener it would end the process as well.
    this.on("error", () => {});
  }

  setContentType(contentType: string): void {
    this.contentType = contentType;
  }

  /** Says so to whoever listens; what is written from now on is read all the same. */
  abandon(): void {
    this.emit("abandoned");
  }

  setHttpMetadata(metadata: unknown): void {
    this.setContentType(httpIntegrationContentType);
    this.metadata = { said: metadata, isOut: false };
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    if (this.metadata) this.metadata.isOut = true;
    // `done` waits for the reader: a slow client slows the handler down.
    this.output.push(chunk, done);
  }

  /** So that an end that comes with the last chunk is known with it, not some turns later. */
  override end(...rest: unknown[]): this {
    super.end(...(rest as []));
    if (this.writableLength === 0 && !this.destroyed) this.output.end();
    return this;
  }

  override _final(done: () => void): void {
    this.output.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.output.isEnded) {
      this.output.fail(error ?? new MalformedResponse("The response stream was not ended"));
    }
    done(error);
  }
}

/**
 * Waits for status and headers, as API Gateway does.
 * @throws MalformedResponse where there are none, and whatever the stream fails with before.
 */
export async function readHttpStream(stream: ResponseStream): Promise<HttpStream> {
  const { output } = stream;
  await output.filled();
  if (!stream.metadata?.isOut) {
    output.discard();
    throw new MalformedResponse("The function ended without HTTP metadata");
  }
  const metadata = parseMetadata(stream.metadata.said);
  return { metadata, body: output, abandon: () => stream.abandon() };
}

function parseMetadata(value: unknown): HttpMetadata {
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
