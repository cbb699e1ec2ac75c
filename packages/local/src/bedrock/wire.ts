import { EventStreamCodec } from "@smithy/core/event-streams";
import { fromUtf8, toUtf8 } from "@smithy/core/serde";
import type { Json, StreamEvent } from "./backend.ts";
import type { BedrockException } from "./exception.ts";

const codec = new EventStreamCodec(toUtf8, fromUtf8);

function frame(kind: "event" | "exception", type: string, body: Json): Uint8Array {
  const header = (value: string) => ({ type: "string" as const, value });
  return codec.encode({
    headers: {
      [`:${kind}-type`]: header(type),
      ":content-type": header("application/json"),
      ":message-type": header(kind),
    },
    body: fromUtf8(JSON.stringify(body)),
  });
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
