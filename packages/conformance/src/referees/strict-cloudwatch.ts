import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/**
 * A proxy that makes an emulator's GetMetricData as strict as CloudWatch's own is documented to be:
 * at most 500 queries, answers in pages, and nothing where the period is finer than what is kept of
 * so long ago. Everything else goes through as it is.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * @param options.pageSize data points of one page; CloudWatch's own is 100,800.
 * @param options.daysLater so many days later it thinks it is: what is there is so much older.
 */
export async function startStrictCloudWatch(options: {
  upstream: string;
  pageSize: number;
  daysLater?: number;
}) {
  const seen = { questions: 0, pages: 0, refusals: 0, queriesMost: 0 };
  const server = createServer((req, res) => {
    pass(req, res).catch((error: unknown) => res.writeHead(502).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Readable.from(req).toArray());
    const forward = async (text: Buffer | string) => {
      const { host: _, "content-length": __, ...headers } = req.headers;
      return fetch(new URL(req.url ?? "/", options.upstream), {
        method: req.method ?? "POST",
        headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
        body: text,
      });
    };
    if (!String(req.headers["x-amz-target"]).endsWith(".GetMetricData")) {
      const reply = await forward(body);
      const type = reply.headers.get("content-type") ?? "application/x-amz-json-1.0";
      res.writeHead(reply.status, { "content-type": type });
      return void res.end(Buffer.from(await reply.arrayBuffer()));
    }
    const { NextToken, ...input } = JSON.parse(body.toString()) as Input;
    const answer = (status: number, value: object) => {
      res.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      res.end(JSON.stringify(value));
    };
    seen.queriesMost = Math.max(seen.queriesMost, input.MetricDataQueries.length);
    const fault = faultOf(input);
    if (fault) {
      seen.refusals += 1;
      return answer(400, { __type: "ValidationError", message: fault });
    }
    const reply = await forward(JSON.stringify(input));
    if (!reply.ok) return answer(reply.status, (await reply.json()) as object);
    const { MetricDataResults } = (await reply.json()) as Output;
    seen.pages += 1;
    if (NextToken === undefined) seen.questions += 1;
    const now = Date.now() / 1000 + (options.daysLater ?? 0) * day;
    const kept = keepKept(input, MetricDataResults, now);
    answer(200, pageOf(kept, Number(NextToken ?? 0), options.pageSize));
  }

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Input {
  /** Epoch seconds. */
  StartTime: number;
  EndTime: number;
  MetricDataQueries: { Id: string; MetricStat: { Period: number } }[];
  NextToken?: string;
}

interface Result {
  Id: string;
  Label: string;
  Timestamps: unknown[];
  Values: number[];
  StatusCode: string;
}

interface Output {
  MetricDataResults: Result[];
}

const queriesMax = 500;

function faultOf({ MetricDataQueries: queries, StartTime, EndTime }: Input): string | undefined {
  if (queries.length > queriesMax) return `More than ${queriesMax} queries`;
  if (StartTime >= EndTime) return "The parameter StartTime must be less than the EndTime";
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) return "The ids are not unique";
  const odd = queries.find(({ Id }) => !/^[a-z][a-zA-Z0-9_]*$/.test(Id));
  if (odd) return `The id ${odd.Id} is not allowed`;
  const uneven = queries.find(({ MetricStat: { Period } }) => Period <= 0 || Period % 60 !== 0);
  return uneven && `Period must be a multiple of 60, not ${uneven.MetricStat.Period}`;
}

const day = 86_400;

/** Of a start so long ago, what a period has to be a multiple of "or no data points are returned". */
function keepKept(
  { StartTime, MetricDataQueries }: Input,
  results: Result[],
  now: number,
): Result[] {
  const age = now - StartTime;
  const least = age > 63 * day ? 3_600 : age > 15 * day ? 300 : 60;
  const lost = new Set(
    MetricDataQueries.filter(({ MetricStat }) => MetricStat.Period % least !== 0).map(
      ({ Id }) => Id,
    ),
  );
  return results.map((result) =>
    lost.has(result.Id) ? { ...result, Timestamps: [], Values: [] } : result,
  );
}

/** The points of all results in a row, so many from `begin` on; the first page names every result. */
function pageOf(results: Result[], begin: number, size: number) {
  let passed = 0;
  const page = results.flatMap((result): Result[] => {
    const from = Math.max(0, begin - passed);
    const to = Math.max(0, Math.min(result.Values.length, begin + size - passed));
    passed += result.Values.length;
    if (from >= to && begin > 0) return [];
    const Timestamps = result.Timestamps.slice(from, to);
    const StatusCode = to < result.Values.length ? "PartialData" : "Complete";
    return [{ ...result, Timestamps, Values: result.Values.slice(from, to), StatusCode }];
  });
  const next = begin + size;
  return { MetricDataResults: page, ...(next < passed && { NextToken: String(next) }) };
}
