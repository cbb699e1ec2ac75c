import { Metrics } from "@outlet/core/observability/metrics";
import * as v from "valibot";

/** What some requests add up to. */
export interface RequestTally {
  requests: number;
  clientErrors: number;
  serverErrors: number;
  throttled: number;
  quotaExceeded: number;
  latencies: Metrics.Quantiles;
}

export const emptyTally = (): RequestTally => ({
  requests: 0,
  clientErrors: 0,
  serverErrors: 0,
  throttled: 0,
  quotaExceeded: 0,
  latencies: new Metrics.Quantiles(),
});

/** As the stage's access log format writes them (`@outlet/aws/published-stack/access-log-format`). */
const Line = v.object({
  botId: v.string(),
  requestTimeEpoch: v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)),
  status: v.pipe(v.string(), v.regex(/^\d{3}$/), v.transform(Number)),
  responseLatency: v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)),
  errorType: v.string(),
});
type Line = v.InferOutput<typeof Line>;

/** @returns `undefined` where the line is none: torn by a failing machine, or edited. */
export function parseLine(text: string): Line | undefined {
  try {
    const { success, output } = v.safeParse(Line, JSON.parse(text));
    return success ? output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function addLine(tally: RequestTally, { status, responseLatency, errorType }: Line): void {
  tally.requests += 1;
  if (status >= 400 && status < 500) tally.clientErrors += 1;
  if (status >= 500) tally.serverErrors += 1;
  if (errorType === "THROTTLED") tally.throttled += 1;
  if (errorType === "QUOTA_EXCEEDED") tally.quotaExceeded += 1;
  tally.latencies.add(responseLatency);
}
