import type { AccessLine, AccessLogFilter } from "@outlet/core/ports";
import * as v from "valibot";

const Count = v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number));
/** `-` is what the gateway writes where it knows nothing. */
const Known = v.optional(
  v.pipe(
    v.string(),
    v.transform((text) => (text === "-" ? null : text)),
  ),
  "-",
);

/** As the access log format writes it (access-log-format.ts). */
const Line = v.pipe(
  v.object({
    requestId: v.string(),
    requestTimeEpoch: Count,
    httpMethod: v.string(),
    path: Known,
    status: Count,
    responseLatency: v.fallback(v.nullable(Count), null),
    principal: Known,
    errorType: Known,
    sourceIp: Known,
  }),
  v.transform(
    (line): AccessLine => ({
      requestId: line.requestId,
      at: line.requestTimeEpoch,
      method: line.httpMethod,
      path: line.path,
      status: line.status,
      ms: line.responseLatency,
      keyId: line.principal === "nobody" ? null : line.principal,
      refusal: line.errorType,
      sourceIp: line.sourceIp,
    }),
  ),
);

/** @returns `undefined` where the line is none: torn by a failing machine, or edited. */
export function parseLine(text: string): AccessLine | undefined {
  try {
    const { success, output } = v.safeParse(Line, JSON.parse(text));
    return success ? output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const fits = (
  line: AccessLine,
  { from = 0, to = Number.POSITIVE_INFINITY, requestId, keyId, status }: AccessLogFilter,
): boolean =>
  line.at >= from &&
  line.at <= to &&
  (requestId === undefined || line.requestId === requestId) &&
  (keyId === undefined || line.keyId === keyId) &&
  (status === undefined || (line.status >= status.from && line.status <= status.to));
