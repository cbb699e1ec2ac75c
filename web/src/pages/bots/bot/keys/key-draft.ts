import type { InferRequestType } from "hono/client";
import { createStore } from "solid-js/store";
import type { api } from "~/api/client.ts";
import type { Key } from "../queries.ts";

type Routes = (typeof api.bots)[":botId"]["publication"]["keys"];
type CreateBody = InferRequestType<Routes["$post"]>["json"];
export type Scope = NonNullable<CreateBody["scopes"]>[number];
type Quota = NonNullable<CreateBody["quota"]>;
type Budget = NonNullable<CreateBody["budget"]>;

export const scopes: readonly Scope[] = ["invoke", "read", "delete"];
export const quotaPeriods: readonly Quota["period"][] = ["DAY", "WEEK", "MONTH"];
export const budgetPeriods: readonly Budget["period"][] = ["DAY", "WEEK", "MONTH", "TOTAL"];

/** What of a key is set besides its end, as typed. */
interface Fields {
  label: string;
  scopes: readonly Scope[];
  allowedIps: string;
  allowedOrigins: string;
  rate: string;
  burst: string;
  quota: string;
  quotaPeriod: Quota["period"];
  usd: string;
  runs: string;
  budgetPeriod: Budget["period"];
  notes: string;
}

const nothing: Fields = {
  label: "",
  scopes,
  allowedIps: "",
  allowedOrigins: "",
  rate: "",
  burst: "",
  quota: "",
  quotaPeriod: "DAY",
  usd: "",
  runs: "",
  budgetPeriod: "MONTH",
  notes: "",
};

const text = (value: number | null | undefined): string => (value == null ? "" : String(value));

export const fieldsOf = (key: Key): Fields => ({
  label: key.label,
  scopes: key.scopes,
  allowedIps: key.allowedIps.join("\n"),
  allowedOrigins: key.allowedOrigins?.join("\n") ?? "",
  rate: text(key.throttle?.rateLimit),
  burst: text(key.throttle?.burstLimit),
  quota: text(key.quota?.limit),
  quotaPeriod: key.quota?.period ?? nothing.quotaPeriod,
  usd: text(key.budget?.spendMicroUsd == null ? null : key.budget.spendMicroUsd / 1e6),
  runs: text(key.budget?.runs),
  budgetPeriod: key.budget?.period ?? nothing.budgetPeriod,
  notes: Object.entries(key.metadata)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n"),
});

const lines = (typed: string): string[] => typed.split(/[\s,]+/).filter((line) => line !== "");
const number = (typed: string): number | null => (typed.trim() === "" ? null : Number(typed));

/** The body of the API: what is left empty is no limit. */
export function toBody(of: Fields) {
  const [rateLimit, limit, usd, runs] = [of.rate, of.quota, of.usd, of.runs].map(number);
  const origins = lines(of.allowedOrigins);
  return {
    label: of.label,
    scopes: [...of.scopes],
    allowedIps: lines(of.allowedIps),
    allowedOrigins: origins.length > 0 ? origins : null,
    throttle:
      rateLimit == null
        ? null
        : { rateLimit, burstLimit: number(of.burst) ?? Math.max(1, Math.ceil(rateLimit)) },
    quota: limit == null ? null : { limit, period: of.quotaPeriod },
    budget:
      usd == null && runs == null
        ? null
        : {
            period: of.budgetPeriod,
            spendMicroUsd: usd == null ? null : Math.round(usd * 1e6),
            runs: runs ?? null,
          },
    metadata: Object.fromEntries(
      of.notes
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => {
          const at = line.indexOf("=");
          return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
        }),
    ),
  } satisfies CreateBody;
}

export function createKeyDraft() {
  const [fields, set] = createStore<Fields>({ ...nothing });
  return {
    fields,
    set,
    reset: (to: Fields = nothing) => set({ ...to }),
    turn: (scope: Scope, on: boolean) =>
      set("scopes", (now) => scopes.filter((one) => (one === scope ? on : now.includes(one)))),
    body: () => toBody(fields),
  };
}
export type KeyDraft = ReturnType<typeof createKeyDraft>;
