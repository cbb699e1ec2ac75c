import { BedrockRuntimeClient, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { HttpRequest } from "@smithy/core/protocols";
import { type Backend, type BedrockBackend, type Json, type StreamEvent } from "./backend.ts";
import { BedrockException, type ExceptionName, exceptionStatus } from "./exception.ts";

/**
 * Bedrock itself, called with the machine's own credentials. The request's body goes on byte for
 * byte, so nothing a model understands is lost on the way.
 * @param client for another endpoint than AWS's own.
 */
export function createBedrockBackend(
  { region }: BedrockBackend & { kind: "bedrock" },
  client = new BedrockRuntimeClient({ region, maxAttempts: 1 }),
): Backend {
  return {
    async *stream({ modelId, body }, signal) {
      const command = new ConverseStreamCommand({ modelId });
      // In the build step, before the length is set and the request signed.
      command.middlewareStack.add(
        (next) => (args) => {
          if (HttpRequest.isInstance(args.request)) args.request.body = body;
          return next(args);
        },
        { step: "build", priority: "high", name: "passBodyOn" },
      );
      try {
        const { stream } = await client.send(command, { abortSignal: signal });
        for await (const event of stream ?? []) yield* toStreamEvents(event);
      } catch (error) {
        throw signal.aborted ? signal.reason : toException(error);
      }
    },
    close: () => client.destroy(),
  };
}

function* toStreamEvents(event: object): Generator<StreamEvent> {
  for (const [name, value] of Object.entries(event)) {
    const body = toJson(value);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) yield { name, body };
  }
}

/** The SDK decodes bytes; on the wire they are base64 (restJson1). */
function toJson(value: unknown): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name, toJson(member)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}

const isExceptionName = (name: string): name is ExceptionName =>
  Object.hasOwn(exceptionStatus, name);

function toException(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const name = error.name.charAt(0).toUpperCase() + error.name.slice(1);
  if (isExceptionName(name)) return new BedrockException(name, error.message);
  // Expired, missing or unknown credentials have many names.
  const denied = /credential|token|signature|client/i.test(error.name);
  const known = denied ? "AccessDeniedException" : "ServiceUnavailableException";
  return new BedrockException(known, `${error.name}: ${error.message}`, { cause: error.name });
}
