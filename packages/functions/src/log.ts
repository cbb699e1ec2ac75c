import type { Log } from "@outlet/core/ports";

/** As Lambda names them, the least first. */
const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
type Level = (typeof levels)[number];

interface JsonLogOptions {
  /** What the functions' environment says (infra/function-defaults.ts). */
  env?: Record<string, string | undefined>;
  /** Takes one line with its end. */
  write?: (line: string) => unknown;
  now?: () => Date;
}

/**
 * The log port as JSON lines on the standard output, with `level` and `timestamp` as CloudWatch's
 * JSON format looks for them, the name of the service and the trace. The level is Lambda's own
 * setting, else that of `LOG_LEVEL`. What cannot be written as JSON never fails a request.
 *
 * @example createJsonLog().error("store unavailable", { requestId, cause: error })
 */
export function createJsonLog(options: JsonLogOptions = {}): Log {
  const {
    env = process.env,
    write = (line) => process.stdout.write(line),
    now = () => new Date(),
  } = options;
  const least = levelOf(env["AWS_LAMBDA_LOG_LEVEL"] ?? env["LOG_LEVEL"]);
  const at = (level: Level) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return () => {};
    return (message: string, { cause, ...fields }: Record<string, unknown> = {}) => {
      const ours = {
        level,
        message,
        timestamp: now().toISOString(),
        service: env["SERVICE_NAME"],
        xray_trace_id: /Root=([^;]+)/.exec(env["_X_AMZN_TRACE_ID"] ?? "")?.[1],
      };
      // Ours come first and cannot be overwritten.
      const line = { ...ours, ...fields, ...(cause !== undefined && { error: cause }), ...ours };
      write(`${toJson(line, ours)}\n`);
    };
  };
  return { debug: at("DEBUG"), info: at("INFO"), warn: at("WARN"), error: at("ERROR") };
}

function levelOf(text = ""): Level {
  return levels.find((level) => level === text.toUpperCase()) ?? "INFO";
}

/** Errors with what they say, numbers of any size, and nothing that contains itself. */
function toJson(line: object, atLeast: object): string {
  const ancestors: { value: unknown; shown: unknown }[] = [];
  try {
    return JSON.stringify(line, function replace(this: unknown, _key, value: unknown) {
      if (typeof value === "bigint") return String(value);
      if (typeof value !== "object" || value === null) return value;
      // `this` holds the value: what came after it on the way down has been left.
      while (ancestors.length > 0 && ancestors.at(-1)?.shown !== this) ancestors.pop();
      if (ancestors.some((above) => above.value === value)) return undefined;
      const shown = value instanceof Error ? membersOf(value) : value;
      ancestors.push({ value, shown });
      return shown;
    });
  } catch (error) {
    // A getter or a `toJSON` of somebody else's failed.
    return JSON.stringify({ ...atLeast, unwritten: String(error) });
  }
}

/** An error's own members are not enumerable: JSON would leave out all that matters. */
const membersOf = (error: Error): object => ({
  ...Object.fromEntries(Object.entries(error)),
  name: error.name,
  message: error.message,
  stack: error.stack,
  ...(error.cause !== undefined && { cause: error.cause }),
});
