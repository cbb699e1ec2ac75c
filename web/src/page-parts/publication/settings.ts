import type { InferRequestType } from "hono/client";
import type { api } from "~/api/client.ts";

type Route = (typeof api.bots)[":botId"]["publication"];
export type PublishBody = InferRequestType<Route["$post"]>["json"];

type Defined<T> = Exclude<T, null | undefined>;
type IsObject<T> =
  Defined<T> extends readonly unknown[] ? false : Defined<T> extends object ? true : false;
/** Where a value lies in the body of the API: `throttle.burstLimit`, `allowedOrigins`. */
type PathOf<T> = {
  [K in keyof T & string]: IsObject<T[K]> extends true ? `${K}.${keyof Defined<T[K]> & string}` : K;
}[keyof T & string];
export type Path = PathOf<Required<PublishBody>>;
/** What as a whole may be switched off: then it is `null`. */
export type Switched = {
  [K in keyof PublishBody]-?: null extends PublishBody[K] ? K : never;
}[keyof PublishBody];

interface Asked {
  /** Whose part of the page it is: what makes the URL, what limits, what is told to programs and to people. */
  card: "address" | "limits" | "webhook" | "alerts";
  label: string;
  help: string;
}
/** Bounds in the API's unit. Where `initial` is null, empty is allowed and means none. */
export interface NumberSetting extends Asked {
  control: "number";
  whole?: boolean;
  least?: number;
  /** Not itself allowed. */
  above?: number;
  most: number;
  initial: number | null;
  /** How many of the API's unit make one of what is typed. */
  unit?: number;
}
interface TextSetting extends Asked {
  control: "text";
  pattern: string;
  lengthMax: number;
  initial: string;
}
/** One a line. */
interface LinesSetting extends Asked {
  control: "lines";
  mono?: boolean;
  initial: readonly string[];
}
interface ChoiceSetting extends Asked {
  control: "choice";
  options: Record<string, string>;
  initial: string;
}
export type Setting = NumberSetting | TextSetting | LinesSetting | ChoiceSetting;

type Period = Defined<PublishBody["quota"]>["period"];

type BudgetPeriod = Defined<PublishBody["budget"]>["period"];

/**
 * Every setting of a publication: all that the forms ask, check, send and show of it. In the order
 * in which they are asked. One that the API takes and that is not here does not compile; bounds and
 * initial values are compared with the API's own by the test beside this.
 */
export const settings = {
  "throttle.burstLimit": {
    card: "limits",
    label: "Burst",
    help: "Requests of a key at once, before the rate applies; polls count. Default 100.",
    control: "number",
    whole: true,
    least: 1,
    most: 5_000,
    initial: 100,
  },
  "throttle.rateLimit": {
    card: "limits",
    label: "Rate per second",
    help: "Requests of a key a second in the long run; polls count. May be 0.5. Default 50.",
    control: "number",
    above: 0,
    most: 10_000,
    initial: 50,
  },
  "quota.limit": {
    card: "limits",
    label: "Quota",
    help: "Requests of each key in a period; polls count, waiting with Prefer: wait does once. Default 10,000.",
    control: "number",
    whole: true,
    least: 1,
    most: 2_147_483_647,
    initial: 10_000,
  },
  "quota.period": {
    card: "limits",
    label: "Period",
    help: "By the calendar, in UTC. Default: day.",
    control: "choice",
    options: { DAY: "Day", WEEK: "Week", MONTH: "Month" } satisfies Record<Period, string>,
    initial: "DAY",
  },
  "budget.spendMicroUsd": {
    card: "limits",
    label: "Budget, in USD",
    help: "What all keys together may spend on the model in a period. A message holds back what it may cost until it is answered. Empty for no limit.",
    control: "number",
    whole: true,
    least: 1,
    most: 1e12,
    initial: null,
    unit: 1e6,
  },
  "budget.runs": {
    card: "limits",
    label: "Budget, in answers",
    help: "Answers in a period; those that fail do not count. Empty for no limit.",
    control: "number",
    whole: true,
    least: 1,
    most: 2_147_483_647,
    initial: null,
  },
  "budget.period": {
    card: "limits",
    label: "Budget begins anew",
    help: "By the calendar, in UTC; or never.",
    control: "choice",
    options: {
      DAY: "Each day",
      WEEK: "Each week",
      MONTH: "Each month",
      TOTAL: "Never",
    } satisfies Record<BudgetPeriod, string>,
    initial: "MONTH",
  },
  allowedOrigins: {
    card: "limits",
    label: "Allowed origins",
    help: "Web pages that may call it from a browser: https://app.example.com, https://*.example.com or *. One a line; empty for none. Programs are not affected.",
    control: "lines",
    mono: true,
    initial: [],
  },
  retentionDays: {
    card: "limits",
    label: "Keep conversations, in days",
    help: "1 to 90, counted from each message. Default 30.",
    control: "number",
    whole: true,
    least: 1,
    most: 90,
    initial: 30,
  },
  callerInstructions: {
    card: "limits",
    label: "Instructions of callers",
    help: "Programs may add their own after the bot's. They never replace or see it.",
    control: "choice",
    options: { follow: "Follow", ignore: "Ignore" },
    initial: "follow",
  },
  utilityCalls: {
    card: "limits",
    label: "Titles and tags for chat windows",
    help: "Answered by the cheapest model without the bot's instruction, or refused.",
    control: "choice",
    options: { answer: "Answer", refuse: "Refuse" },
    initial: "answer",
  },
  streaming: {
    card: "limits",
    label: "Streaming",
    help: "Readers get an answer while it is being made, or at its end, which costs fewer writes.",
    control: "choice",
    options: { deltas: "As it is made", end: "At the end" },
    initial: "deltas",
  },
  "webhook.url": {
    card: "webhook",
    label: "Address",
    help: "An https:// address of your server. It answers 2xx within 15 seconds.",
    control: "text",
    pattern: "https?://.+",
    lengthMax: 2_000,
    initial: "",
  },
  "webhook.events": {
    card: "webhook",
    label: "Events",
    help: "Which ends are told, one a line. Default: all four.",
    control: "lines",
    mono: true,
    initial: ["response.completed", "response.failed", "response.incomplete", "response.cancelled"],
  },
  callerWebhooks: {
    card: "webhook",
    label: "Webhooks of callers",
    help: "A request may name a webhook of its own, with its own secret. The server of Outlet then calls that address.",
    control: "choice",
    options: { allow: "Allow", refuse: "Refuse" },
    initial: "allow",
  },
  stage: {
    card: "address",
    label: "Stage",
    help: "The last part of the URL. Letters, digits, _ and -. Default: api.",
    control: "text",
    pattern: "[A-Za-z0-9_\\-]{1,128}",
    lengthMax: 128,
    initial: "api",
  },
  "alerts.errorRatePercent": {
    card: "alerts",
    label: "Error rate, in percent",
    help: "Of the requests of the last 15 minutes, answered 4xx or 5xx.",
    control: "number",
    above: 0,
    most: 100,
    initial: null,
  },
  "alerts.p99Ms": {
    card: "alerts",
    label: "Latency p99, in milliseconds",
    help: "The slowest of a hundred requests of the last 15 minutes.",
    control: "number",
    whole: true,
    least: 1,
    most: 900_000,
    initial: null,
  },
  "alerts.quotaUsedPercent": {
    card: "alerts",
    label: "Quota used, in percent",
    help: "By the key that used most, in the present period.",
    control: "number",
    above: 0,
    most: 100,
    initial: null,
  },
  "alerts.monthlySpendMicroUsd": {
    card: "alerts",
    label: "Spend in a month, in USD",
    help: "What the runs of the calendar month (UTC) cost.",
    control: "number",
    whole: true,
    least: 1,
    most: 1e12,
    initial: null,
    unit: 1e6,
  },
  "alerts.emails": {
    card: "alerts",
    label: "E-mail to",
    help: "One address a line, five at most. AWS asks each to confirm first. Error rate, latency and the first request over the quota are written of; the rest is shown here only.",
    control: "lines",
    initial: [],
  },
} satisfies Record<Path, Setting>;

/** What a switch turns on, with all that it then asks. */
export const switches = {
  throttle: {
    label: "Limit requests per second",
    help: "Beyond it a client gets 429 Too Many Requests.",
    initial: true,
  },
  quota: {
    label: "Limit requests per period",
    help: "Beyond it a client gets 429 Limit Exceeded until the period ends.",
    initial: true,
  },
  budget: {
    initial: false,
    label: "Limit what may be spent",
    help: "Beyond it a client gets 429, “The budget is used up”, until the period ends.",
  },
  webhook: {
    label: "Tell my server when an answer has ended",
    help: "With a signed message, so that nobody has to poll.",
    initial: false,
  },
} satisfies Record<Switched, { label: string; help: string; initial: boolean }>;

export const isSwitched = (name: string): name is Switched => Object.hasOwn(switches, name);

const paths = Object.keys(settings) as Path[];
export const settingOf = (path: Path): Setting => settings[path];
export const pathsOf = (...cards: Setting["card"][]): Path[] =>
  paths.filter((path) => cards.includes(settings[path].card));
/** `throttle` of `throttle.burstLimit`. */
export const memberOf = (path: Path): string => path.split(".")[0] ?? path;

/** For the control: a list is one a line, money is in the unit that people count in. */
export function toText(setting: Setting, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.join("\n");
  if (setting.control === "number") return String(Number(value) / (setting.unit ?? 1));
  return typeof value === "string" ? value : "";
}

export const isSetting = (path: string): path is Path => Object.hasOwn(settings, path);
