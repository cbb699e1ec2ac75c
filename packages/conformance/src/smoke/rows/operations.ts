import * as v from "valibot";
import { fail, judged, pass, type Row, type Sight, Unjudged, unknown } from "../verdict.ts";
import { parsed, type SmokeWorld, until } from "../world.ts";
import { stackNameOf, stackOutputs } from "./publishing.ts";

const Metrics = v.object({
  points: v.array(v.object({ throttled: v.number(), quotaExceeded: v.number() })),
});

/** What those who run it see of it. */
export const operationRows: Row<SmokeWorld>[] = [
  {
    id: "log_line",
    claim: "Each request has a line in the access log, as JSON",
    expected: "the line of a request that was answered, with its status",
    look: logLine,
  },
  {
    id: "filter_metrics",
    claim: "Refusals are counted from the access log",
    expected: "requests over the rate and over the quota, in the bot's metrics",
    look: filterMetrics,
  },
  {
    id: "cloud_trail",
    claim: "None of our roles was refused anything",
    expected: "no AccessDenied in CloudTrail since the test began",
    look: cloudTrail,
  },
  {
    id: "profiles",
    claim: "Inference profiles are made, called and tagged, where they are switched on",
    expected: "the tag outlet:bot-id on each",
    look: profiles,
  },
];

const Line = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ requestId: v.string(), status: v.string() }),
);

async function logLine(world: SmokeWorld): Promise<Sight> {
  const { accessLine } = world.target;
  if (!accessLine) throw new Unjudged("its access log cannot be read from here");
  if (!world.requestId) throw new Unjudged("no request was answered with an id");
  const place = {
    restApiId: new URL(world.endpoint).pathname.split("/").at(-2) ?? "",
    stackName: world.target.aws ? await stackNameOf(world) : "",
  };
  const line = await until(
    () => accessLine(place, world.requestId),
    (text) => text !== "",
    world.target.patienceMs.limits,
    1_000,
  );
  const read = v.safeParse(Line, line);
  if (!read.success) return fail(`the line is no JSON with requestId and status: ${line}`);
  return judged(read.output.status === "200", `status ${read.output.status}`);
}

async function filterMetrics(world: SmokeWorld): Promise<Sight> {
  const from = new Date(Math.floor(world.begunAt / 60_000) * 60_000).toISOString();
  const path = `${world.publicationPath}/metrics?from=${encodeURIComponent(from)}`;
  const read = async () => {
    const { points } = parsed(Metrics, await world.control("GET", path), 200);
    const sum = (name: "throttled" | "quotaExceeded") =>
      points.reduce((total, point) => total + point[name], 0);
    return { throttled: sum("throttled"), quotaExceeded: sum("quotaExceeded") };
  };
  const seen = await until(
    read,
    ({ throttled, quotaExceeded }) => throttled > 0 && quotaExceeded > 0,
    world.target.patienceMs.metrics,
    2_000,
  );
  return pass(`${seen.throttled} over the rate, ${seen.quotaExceeded} over the quota`);
}

const Events = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    Events: v.array(v.object({ CloudTrailEvent: v.string() })),
    NextToken: v.optional(v.string()),
  }),
);
const TrailEvent = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    eventName: v.string(),
    errorCode: v.optional(v.string()),
    userIdentity: v.object({ arn: v.optional(v.string(), "") }),
  }),
);
/** CloudTrail takes two look-ups a second, of 50 events each. */
const pagesMax = 20;

async function cloudTrail(world: SmokeWorld): Promise<Sight> {
  const { aws } = world.target;
  if (!aws) throw new Unjudged("there is no AWS behind it");
  const ours = `/outlet-${aws.stage}-`;
  let seen = 0;
  const refused = new Set<string>();
  let NextToken: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const answer = v.parse(
      Events,
      await aws.call({
        service: "cloudtrail",
        target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        body: {
          StartTime: Math.floor(world.begunAt / 1000),
          MaxResults: 50,
          ...(NextToken && { NextToken }),
        },
      }),
    );
    for (const { CloudTrailEvent } of answer.Events) {
      const { eventName, errorCode, userIdentity } = v.parse(TrailEvent, CloudTrailEvent);
      if (!userIdentity.arn.includes(ours)) continue;
      seen += 1;
      if (/AccessDenied|Unauthorized/.test(errorCode ?? ""))
        refused.add(`${eventName} by ${userIdentity.arn.split("/").at(1)}`);
    }
    ({ NextToken } = answer);
    if (!NextToken) break;
  }
  if (refused.size > 0) return fail([...refused].join(", "));
  if (seen === 0) return unknown("CloudTrail, some minutes late, has no event of our roles yet");
  return pass(`${seen} events of our roles, none refused`);
}

const Tags = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ tags: v.array(v.object({ key: v.string(), value: v.string() })) }),
);

async function profiles(world: SmokeWorld): Promise<Sight> {
  const { aws } = world.target;
  if (!aws) throw new Unjudged("there is no AWS behind it");
  const outputs = await stackOutputs(world);
  const arns = Object.entries(outputs).flatMap(([name, arn]) =>
    name.startsWith("InferenceProfile") ? [arn] : [],
  );
  if (arns.length === 0) return unknown("OUTLET_INFERENCE_PROFILES is off");
  for (const resourceARN of arns) {
    const { tags } = v.parse(
      Tags,
      await aws.call({ service: "bedrock", path: "/listTagsForResource", body: { resourceARN } }),
    );
    const isOurs = tags.some(({ key, value }) => key === "outlet:bot-id" && value === world.botId);
    if (!isOurs) return fail(`${resourceARN} does not have the bot's tag`);
  }
  return pass(`${arns.length} profiles with the bot's tag`);
}
