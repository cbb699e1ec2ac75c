import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
  type FilteredLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  type AccessLog,
  type AccessLogFilter,
  type Clock,
  MalformedCursor,
} from "@outlet/core/ports";
import type { ClientOptions } from "./clients.ts";
import { fits, parseLine } from "./published-stack/access-line.ts";
import { accessLogGroup } from "./published-stack/template.ts";
import { reachStore } from "./store-error.ts";

export function createCloudWatchLogsClient(
  options: Pick<ClientOptions, "region" | "credentials"> & { endpoint?: string },
): CloudWatchLogsClient {
  const { endpoint, ...rest } = options;
  return new CloudWatchLogsClient({
    ...rest,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 900, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
}

/** The service answers oldest first only, so time is walked back in windows: the first one, and how they grow. */
const windowMs = 15 * 60_000;
const growth = 8;
/** As long as the log group keeps lines. */
const keptMs = 30 * 86_400_000;
/** Calls for one page of ours; the account has some ten a second. */
const callsMax = 10;

interface Event {
  timestamp: number;
  eventId: string;
  message: string;
}

/**
 * The access log of a bot's stack, some seconds late, by FilterLogEvents:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 *
 * @example createCloudWatchAccessLog({ client: createCloudWatchLogsClient({ region }), clock })
 */
export function createCloudWatchAccessLog({
  client,
  clock,
}: {
  client: CloudWatchLogsClient;
  clock: Clock;
}): AccessLog {
  return {
    async list({ stackName }, { limit, cursor, ...filter }) {
      const before = cursor === undefined ? undefined : readCursor(cursor);
      const floor = Math.max(filter.from ?? 0, clock.now() - keptMs);
      const latest = Math.min((filter.to ?? clock.now()) + longestMs, clock.now() + skewMs);
      let end = before?.timestamp ?? latest;
      let span = before?.span ?? windowMs;
      const found: Event[] = [];
      const logGroupName = accessLogGroup(stackName);
      for (let calls = 0; end >= floor && calls < callsMax; ) {
        const start = Math.max(floor, end - span);
        const pattern = patternOf(filter);
        const window = { logGroupName, startTime: start, endTime: end + 1, filterPattern: pattern };
        // A window that holds more than a few pages is cut: its newest lines come last.
        const pagesMax = span > spanMin ? Math.min(pagesOfWindow, callsMax - calls) : callsMax;
        const { events, isWhole, pages } = await read(client, window, pagesMax);
        calls += pages;
        if (!isWhole && span > spanMin) {
          span = Math.max(spanMin, Math.ceil(span / growth));
          continue;
        }
        found.push(...events.filter((event) => isBefore(event, before)).toSorted(newestFirst));
        end = start - 1;
        if (found.length >= limit) break;
        span *= growth;
      }
      const shown = found.filter((_, rank) => rank < limit);
      const last = shown.at(-1);
      const lines = shown.flatMap(({ message }) => parseLine(message) ?? []);
      const mark =
        found.length > limit && last ? last : { timestamp: Math.max(end, 0), eventId: "" };
      const next = cursorOf({ ...mark, span });
      const isOver = found.length <= limit && end < floor;
      return { lines: lines.filter((line) => fits(line, filter)), cursor: isOver ? null : next };
    },
  };
}

/** Of a window that is read to its end, and of one that is cut no more. */
const pagesOfWindow = 3;
const spanMin = 1_000;
/** Clocks of ours and of the service's. */
const skewMs = 60_000;
/** A line is written when its request has been answered. */
const longestMs = 900_000;

async function read(
  client: CloudWatchLogsClient,
  input: ConstructorParameters<typeof FilterLogEventsCommand>[0],
  callsLeft: number,
): Promise<{ events: Event[]; isWhole: boolean; pages: number }> {
  const events: Event[] = [];
  let nextToken: string | undefined;
  let pages = 0;
  do {
    const command = new FilterLogEventsCommand({ ...input, ...(nextToken && { nextToken }) });
    const page = await reachStore("CloudWatch Logs", send(client, command));
    pages += 1;
    events.push(...(page.events ?? []).flatMap(eventOf));
    nextToken = page.nextToken;
  } while (nextToken && pages < callsLeft);
  return { events, isWhole: nextToken === undefined, pages };
}

/** Unpublished a moment ago: the group goes with the stack, and what is not there has no lines. */
async function send(
  client: CloudWatchLogsClient,
  command: FilterLogEventsCommand,
): Promise<Pick<FilterLogEventsCommandOutput, "events" | "nextToken">> {
  try {
    return await client.send(command);
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return {};
    throw error;
  }
}

const eventOf = ({ timestamp, eventId, message }: FilteredLogEvent): Event[] =>
  timestamp === undefined || eventId === undefined || message === undefined
    ? []
    : [{ timestamp, eventId, message }];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-terms-json-log-events */
function patternOf({ requestId, keyId, status }: AccessLogFilter): string {
  const parts = ["($.requestId = *)"];
  if (requestId !== undefined) parts[0] = `($.requestId = ${quoted(requestId)})`;
  if (keyId !== undefined) parts.push(`($.principal = ${quoted(keyId)})`);
  // Values are texts in the log: a class of statuses is told by its first digit.
  if (status?.from === status?.to && status) parts.push(`($.status = "${status.from}")`);
  else if (status) parts.push(`($.status = "${Math.floor(status.from / 100)}*")`);
  return `{ ${parts.join(" && ")} }`;
}

/** Nothing in it ends the quotes, or stands for something else. */
const quoted = (text: string): string => `"${text.replace(/[^\w.=+/-]/g, "?")}"`;

const newestFirst = (a: Event, b: Event): number =>
  b.timestamp - a.timestamp || (a.eventId < b.eventId ? 1 : -1);

interface Mark {
  timestamp: number;
  /** Empty: all of that millisecond is still to come. */
  eventId: string;
  /** Width of the window to go on with. */
  span: number;
}

const isBefore = (event: Event, mark: Mark | undefined): boolean =>
  mark === undefined ||
  event.timestamp < mark.timestamp ||
  (event.timestamp === mark.timestamp && (mark.eventId === "" || event.eventId < mark.eventId));

const cursorOf = ({ timestamp, eventId, span }: Mark): string => `${timestamp}.${span}.${eventId}`;

function readCursor(cursor: string): Mark {
  const [, timestamp, span, eventId = ""] =
    /^(\d{1,15})\.(\d{1,15})\.([\w-]{0,100})$/.exec(cursor) ?? [];
  if (timestamp === undefined || Number(span) < spanMin) throw new MalformedCursor();
  return { timestamp: Number(timestamp), span: Number(span), eventId };
}
