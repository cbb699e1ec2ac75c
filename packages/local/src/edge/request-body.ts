import type { IncomingMessage } from "node:http";

/** API Gateway's limit, which cannot be raised. */
export const bodyMaxBytes = 10_485_760;

/** The caller went away before its body was here. */
export class RequestAborted extends Error {
  override name = "RequestAborted";
}

/**
 * Reads what is still coming and drops it. Closing a connection on a caller that is still sending
 * would take the answer away from it.
 */
export async function discardBody(req: IncomingMessage): Promise<void> {
  if (req.readableEnded || req.destroyed) return;
  if (!hasBody(req)) return void req.resume();
  await new Promise((resolve) => {
    req.once("end", resolve);
    req.once("close", resolve);
    req.resume();
  });
}

/** More than all unfinished bodies together may hold is refused. */
export class NoRoom extends Error {
  override name = "NoRoom";
}

/** What the bodies hold that are being received at one time, in bytes. */
export class BodyRoom {
  readonly #max: number;
  #held = 0;

  constructor(max = 64 * 1_048_576) {
    this.#max = max;
  }

  /** @returns whether there was room for so much more. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#max) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Without either of these there is none (RFC 9112 §6.3). */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;

/** Whether a body says of itself that it is larger than the gateway takes. */
export const saysTooLarge = (req: IncomingMessage): boolean =>
  Number(req.headers["content-length"]) > bodyMaxBytes;

/**
 * @returns `undefined` where the body is larger than the gateway takes.
 * @throws NoRoom, RequestAborted
 */
export async function readBody(req: IncomingMessage, room: BodyRoom): Promise<Buffer | undefined> {
  if (saysTooLarge(req)) return undefined;
  if (!hasBody(req)) return Buffer.alloc(0);
  let held = 0;
  try {
    return await receive(req, (bytes) => {
      if (!room.take(bytes)) throw new NoRoom("Unfinished bodies hold all there is for them");
      held += bytes;
    });
  } finally {
    // What has arrived is the request's own from here on, and gone with its answer.
    room.give(held);
  }
}

function receive(req: IncomingMessage, take: (bytes: number) => void): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Not `for await`: leaving that early would destroy the socket before the answer is out.
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bodyMaxBytes) {
        try {
          take(chunk.length);
          return chunks.push(chunk);
        } catch (noRoom) {
          req.off("data", onData);
          return reject(noRoom);
        }
      }
      req.off("data", onData);
      resolve(undefined);
    };
    req.on("data", onData);
    const onAbort = () => reject(new RequestAborted("The request was cut off"));
    req.once("end", () => {
      // It closes after that, too.
      req.off("close", onAbort);
      resolve(Buffer.concat(chunks));
    });
    req.once("error", onAbort);
    req.once("close", onAbort);
  });
}
