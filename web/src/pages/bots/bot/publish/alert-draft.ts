import { createStore } from "solid-js/store";
import type { Publication } from "../queries.ts";

type Alerts = Publication["alerts"];

/** As typed: empty is not to be told. Money in dollars. */
export interface AlertFields {
  errorRatePercent: string;
  p99Ms: string;
  quotaUsedPercent: string;
  monthlySpendUsd: string;
  emails: string;
}

const text = (value: number | null | undefined) => (value == null ? "" : String(value));
const number = (value: string) => (value.trim() === "" ? null : Number(value));

const toFields = (alerts: Alerts): AlertFields => ({
  errorRatePercent: text(alerts?.errorRatePercent),
  p99Ms: text(alerts?.p99Ms),
  quotaUsedPercent: text(alerts?.quotaUsedPercent),
  monthlySpendUsd: alerts?.monthlySpendMicroUsd ? text(alerts.monthlySpendMicroUsd / 1e6) : "",
  emails: alerts?.emails.join("\n") ?? "",
});

export function createAlertDraft(alerts: Alerts) {
  const [fields, setFields] = createStore(toFields(alerts));
  return {
    fields,
    set: (name: keyof AlertFields, value: string) => setFields(name, value),
    isDirty: (of: Alerts) => JSON.stringify(fields) !== JSON.stringify(toFields(of)),
    reset: (to: Alerts) => setFields(toFields(to)),
    input: () => ({
      errorRatePercent: number(fields.errorRatePercent),
      p99Ms: number(fields.p99Ms),
      quotaUsedPercent: number(fields.quotaUsedPercent),
      monthlySpendMicroUsd:
        fields.monthlySpendUsd.trim() === ""
          ? null
          : Math.round(Number(fields.monthlySpendUsd) * 1e6),
      emails: fields.emails.split(/[\s,]+/).filter((email) => email !== ""),
    }),
  };
}
