import type { IncomingMessage } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type HttpLimits, HttpRefused } from "@outlet/core/ports";

const unpackers = new Map(
  Object.entries<() => Transform>({
    gzip: createGunzip,
    "x-gzip": createGunzip,
    deflate: createInflate,
    br: createBrotliDecompress,
  }),
);

/**
 * A response's body, unpacked and counted. Whoever stops reading closes the connection.
 * @param refusal how an error is told.
 */
export function boundedBody(
  message: IncomingMessage,
  { responseBytesMax }: HttpLimits,
  signal: AbortSignal,
  refusal: (error: unknown) => Error,
): AsyncIterable<Uint8Array> {
  const declared = Number(message.headers["content-length"]);
  if (declared > responseBytesMax) {
    message.destroy();
    throw tooLarge(responseBytesMax);
  }
  const source = unpacked(message);
  return {
    async *[Symbol.asyncIterator]() {
      let bytes = 0;
      try {
        for await (const piece of source as AsyncIterable<Buffer>) {
          signal.throwIfAborted();
          bytes += piece.length;
          if (bytes > responseBytesMax) throw tooLarge(responseBytesMax);
          yield piece;
        }
      } catch (error) {
        throw refusal(error);
      } finally {
        message.destroy();
      }
    },
  };
}

function unpacked(message: IncomingMessage): IncomingMessage | Transform {
  const encoding = message.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return message;
  const create = unpackers.get(encoding);
  if (!create) {
    message.destroy();
    throw new HttpRefused("invalid_response", "Its answer is packed in a way not known here.");
  }
  // What goes wrong is thrown where the unpacked side is read.
  return pipeline(message, create(), () => {});
}

const tooLarge = (max: number): HttpRefused =>
  new HttpRefused("too_large", `Its answer is larger than ${Math.round(max / 1024)} KB.`);
