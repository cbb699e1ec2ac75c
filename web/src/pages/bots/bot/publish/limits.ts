import { createStore } from "solid-js/store";
import type { Publication } from "../queries.ts";

export interface LimitFields {
  throttled: boolean;
  burstLimit: string;
  rateLimit: string;
  quotaOn: boolean;
  quotaLimit: string;
  quotaPeriod: "DAY" | "WEEK" | "MONTH";
  origins: string;
  retentionDays: string;
}

const defaults: LimitFields = {
  throttled: true,
  burstLimit: "100",
  rateLimit: "50",
  quotaOn: true,
  quotaLimit: "10000",
  quotaPeriod: "DAY",
  origins: "",
  retentionDays: "30",
};

type Limits = Pick<Publication, "throttle" | "quota" | "allowedOrigins" | "retentionDays">;

const toFields = ({ throttle, quota, allowedOrigins, retentionDays }: Limits): LimitFields => ({
  throttled: throttle !== null,
  burstLimit: throttle ? String(throttle.burstLimit) : defaults.burstLimit,
  rateLimit: throttle ? String(throttle.rateLimit) : defaults.rateLimit,
  quotaOn: quota !== null,
  quotaLimit: quota ? String(quota.limit) : defaults.quotaLimit,
  quotaPeriod: quota?.period ?? defaults.quotaPeriod,
  origins: allowedOrigins.join("\n"),
  retentionDays: String(retentionDays ?? defaults.retentionDays),
});

/** What a publication asked for last, or the defaults where none has been made yet. */
export function createLimits(publication: Publication) {
  const isFirst = publication.stage === null;
  const [fields, setFields] = createStore<LimitFields>(
    isFirst ? { ...defaults } : toFields(publication),
  );
  return {
    fields,
    set: <K extends keyof LimitFields>(name: K, value: LimitFields[K]) =>
      setFields(name as never, value as never),
    isDirty: (of: Limits) => JSON.stringify(fields) !== JSON.stringify(toFields(of)),
    reset: (to: Limits) => setFields(toFields(to)),
    input: () => ({
      throttle: fields.throttled
        ? { burstLimit: Number(fields.burstLimit), rateLimit: Number(fields.rateLimit) }
        : null,
      quota: fields.quotaOn
        ? { limit: Number(fields.quotaLimit), period: fields.quotaPeriod }
        : null,
      allowedOrigins: fields.origins
        .split(/[\s,]+/)
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ""),
      retentionDays: Number(fields.retentionDays),
    }),
  };
}
export type LimitsDraft = ReturnType<typeof createLimits>;
