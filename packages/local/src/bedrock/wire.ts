import { crc32 } from "node:zlib";
import type { Json, StreamEvent } from "./backend.ts";
import type { BedrockException } from "./exception.ts";

/** https://smithy.io/2.0/aws/amazon-eventstream.html: headers of the one kind that Bedrock sends, text. */
function headerOf(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  const lengths = Buffer.alloc(2);
  lengths.writeUInt16BE(valueBytes.length);
  return Buffer.concat([Buffer.of(nameBytes.length), nameBytes, textType, lengths, valueBytes]);
}
const textType = Buffer.of(7);

function frame(kind: "event" | "exception", type: string, body: Json): Uint8Array {
  const headers = headersOf(`${kind}\n${type}`);
  const payload = Buffer.from(JSON.stringify(body));
  const length = 16 + headers.length + payload.length;
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  headers.copy(bytes, 12);
  payload.copy(bytes, 12 + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, length - 4)), length - 4);
  return bytes;
}

/** There are a dozen of them, the same in every answer. */
const known = new Map<string, Buffer>();

/** @param what kind and type, with a line break between. */
function headersOf(what: string): Buffer {
  const before = known.get(what);
  if (before) return before;
  const [kind = "", type = ""] = what.split("\n");
  const headers = Buffer.concat([
    headerOf(`:${kind}-type`, type),
    headerOf(":content-type", "application/json"),
    headerOf(":message-type", kind),
  ]);
  known.set(what, headers);
  return headers;
}

/** One event as `application/vnd.amazon.eventstream` carries it. */
export const eventFrame = (event: StreamEvent): Uint8Array =>
  frame("event", event.name, event.body);

/** ConverseStreamOutput has only these; what else may go wrong in mid-answer is a stream error. */
const streamExceptions = new Set<string>([
  "InternalServerException",
  "ModelStreamErrorException",
  "ServiceUnavailableException",
  "ThrottlingException",
  "ValidationException",
]);

/** What no second try mends must not look like a stream that broke. */
const lasting = new Set<string>([
  "AccessDeniedException",
  "ResourceNotFoundException",
  "ServiceQuotaExceededException",
]);

export function exceptionFrame({ name, message }: BedrockException): Uint8Array {
  const nearest = lasting.has(name) ? "ValidationException" : "ModelStreamErrorException";
  const known = streamExceptions.has(name) ? name : nearest;
  // The union's members begin with a small letter.
  return frame("exception", known.charAt(0).toLowerCase() + known.slice(1), { message });
}
