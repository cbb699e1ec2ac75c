import { crc32 } from "node:zlib";
import { BrokenAnswer } from "./service-error.ts";

/** A message of an event stream. */
export interface Frame {
  /** Those that are text, by their names: `:message-type`, `:event-type`. */
  headers: Record<string, string>;
  payload: Buffer;
}

/** Two lengths and their checksum. */
const preludeBytes = 12;
const checksumBytes = 4;
/** https://smithy.io/2.0/aws/amazon-eventstream.html: headers and payload have limits of their own. */
const frameBytesMax = 24 * 1_048_576 + 131_072 + preludeBytes + checksumBytes;

/**
 * Takes the messages of `application/vnd.amazon.eventstream` out of what comes, whole ones alone
 * (https://smithy.io/2.0/aws/amazon-eventstream.html).
 */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** So much has to be here before there is anything to be done. */
  #awaited = preludeBytes;

  /**
   * The messages that are whole by now.
   * @throws BrokenAnswer behind those before it, where a checksum does not fit, or a length is none.
   */
  *take(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#awaited) return;
    let read = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    while (read.length >= preludeBytes) {
      const length = lengthOf(read);
      if (read.length < length) break;
      yield toFrame(read.subarray(0, length));
      read = read.subarray(length);
    }
    this.#chunks = read.length > 0 ? [read] : [];
    this.#bytes = read.length;
    this.#awaited = read.length < preludeBytes ? preludeBytes : lengthOf(read);
  }

  /** @throws BrokenAnswer where the stream has ended inside a message. */
  end(): void {
    if (this.#bytes > 0) throw new BrokenAnswer("The stream ended inside a message.");
  }
}

function lengthOf(read: Buffer): number {
  const length = read.readUInt32BE(0);
  if (crc32(read.subarray(0, 8)) !== read.readUInt32BE(8)) {
    throw new BrokenAnswer("A message's prelude does not fit its checksum.");
  }
  const isLength = length >= preludeBytes + checksumBytes && length <= frameBytesMax;
  if (!isLength) throw new BrokenAnswer(`No message is ${length} bytes long.`);
  return length;
}

function toFrame(frame: Buffer): Frame {
  const end = frame.length - checksumBytes;
  if (crc32(frame.subarray(0, end)) !== frame.readUInt32BE(end)) {
    throw new BrokenAnswer("A message does not fit its checksum.");
  }
  const headersEnd = preludeBytes + frame.readUInt32BE(4);
  if (headersEnd > end) throw new BrokenAnswer("A message's headers are longer than itself.");
  return {
    headers: readHeaders(frame.subarray(preludeBytes, headersEnd)),
    payload: frame.subarray(headersEnd, end),
  };
}

/** Bytes of a value by its type; those of 6 and 7, bytes and text, say their length in two. */
const sizes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const textType = 7;

function readHeaders(bytes: Buffer): Record<string, string> {
  const headers: [name: string, value: string][] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const nameEnd = at + 1 + bytes.readUInt8(at);
      const name = bytes.toString("utf8", at + 1, nameEnd);
      const type = bytes.readUInt8(nameEnd);
      if (type >= sizes.length) throw new BrokenAnswer(`A header is of type ${type}.`);
      const size = sizes[type] ?? bytes.readUInt16BE(nameEnd + 1);
      const begin = nameEnd + (sizes[type] === undefined ? 3 : 1);
      at = begin + size;
      if (at > bytes.length) throw new BrokenAnswer("A header is longer than all of them.");
      if (type === textType) headers.push([name, bytes.toString("utf8", begin, at)]);
    }
  } catch (error) {
    // Read beyond their end.
    if (error instanceof RangeError) throw new BrokenAnswer("Headers end too early.");
    throw error;
  }
  // An assignment to `__proto__` would make no member of it.
  return Object.fromEntries(headers);
}
