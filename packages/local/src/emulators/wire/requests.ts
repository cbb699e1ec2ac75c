/** A POST of one of AWS's JSON protocols, as far as it is looked at. */
export interface WireRequest {
  /** `GetItem` of `x-amz-target: DynamoDB_20120810.GetItem`; empty where there is none. */
  operation: string;
  body: string;
  /** Whether its connection ends with the answer. */
  isLast: boolean;
}

/** What comes is no request that is understood here: the connection cannot go on. */
class Unreadable extends Error {
  override name = "Unreadable";
}

const headMaxBytes = 65_536;
/** As DynamoDB's own requests: 25 items of 400 KB and what surrounds them. */
const bodyMaxBytes = 17 * 1_048_576;
const headEnd = Buffer.from("\r\n\r\n");

/**
 * Takes requests out of what comes over one connection (RFC 9112 §6): POSTs whose head names the length
 * of their body, one after the other, as all clients of these services send them.
 */
export class RequestReader {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** So much has to be here before there is anything to be done. */
  #awaited = 0;

  /** @returns the requests that are whole by now. @throws Unreadable */
  take(chunk: Buffer): WireRequest[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#awaited) return [];
    let read = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const requests: WireRequest[] = [];
    for (;;) {
      const found = first(read);
      if ("awaited" in found) {
        this.#chunks = read.length > 0 ? [read] : [];
        this.#bytes = read.length;
        this.#awaited = found.awaited;
        return requests;
      }
      requests.push(found.request);
      read = read.subarray(found.length);
    }
  }
}

function first(read: Buffer): { request: WireRequest; length: number } | { awaited: number } {
  const end = read.indexOf(headEnd);
  if (end < 0) {
    if (read.length > headMaxBytes) throw new Unreadable("A head without an end");
    return { awaited: read.length + 1 };
  }
  const head = read.toString("latin1", 0, end);
  const [, said] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (!head.startsWith("POST ") || said === undefined) {
    throw new Unreadable("Only POSTs that name their length are taken");
  }
  if (Number(said) > bodyMaxBytes) throw new Unreadable("A body above all that is taken");
  const begin = end + headEnd.length;
  const length = begin + Number(said);
  if (read.length < length) return { awaited: length };
  const [, operation = ""] = /\r\nx-amz-target: *[\w]+\.(\w+)/i.exec(head) ?? [];
  const isLast = /\r\nconnection: *close/i.test(head);
  return { request: { operation, body: read.toString("utf8", begin, length), isLast }, length };
}
