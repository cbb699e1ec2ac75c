import { Show } from "solid-js";
import { fieldError } from "~/api/field-error.ts";
import page from "~/page-parts/page.module.css";
import { Select } from "~/ui/select.tsx";
import { Switch } from "~/ui/switch.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import type { LimitFields as Fields, LimitsDraft } from "./limits.ts";

const periods = ["DAY", "WEEK", "MONTH"] as const;

export function LimitFields(props: { draft: LimitsDraft; error: unknown; disabled?: boolean }) {
  const fields = () => props.draft.fields;
  const error = (path: string) => fieldError(props.error, path);
  return (
    <div class={page.form}>
      <Switch
        label={copy.limits.throttle}
        hint={copy.limits.throttleHint}
        checked={fields().throttled}
        onChange={(value) => props.draft.set("throttled", value)}
        disabled={props.disabled}
      />
      <Show when={fields().throttled}>
        <div class={page.pair}>
          <TextField
            label={copy.limits.burst}
            hint={copy.limits.burstHint}
            value={fields().burstLimit}
            onInput={(value) => props.draft.set("burstLimit", value)}
            error={error("throttle.burstLimit")}
            required
            disabled={props.disabled}
            inputProps={{ type: "number", min: 1, max: 5000, step: 1 }}
          />
          <TextField
            label={copy.limits.rate}
            hint={copy.limits.rateHint}
            value={fields().rateLimit}
            onInput={(value) => props.draft.set("rateLimit", value)}
            error={error("throttle.rateLimit")}
            required
            disabled={props.disabled}
            inputProps={{ type: "number", min: 0.01, max: 10000, step: "any" }}
          />
        </div>
      </Show>
      <Switch
        label={copy.limits.quota}
        hint={copy.limits.quotaHint}
        checked={fields().quotaOn}
        onChange={(value) => props.draft.set("quotaOn", value)}
        disabled={props.disabled}
      />
      <Show when={fields().quotaOn}>
        <div class={page.pair}>
          <TextField
            label={copy.limits.quotaLimit}
            hint={copy.limits.quotaLimitHint}
            value={fields().quotaLimit}
            onInput={(value) => props.draft.set("quotaLimit", value)}
            error={error("quota.limit")}
            required
            disabled={props.disabled}
            inputProps={{ type: "number", min: 1, max: 2147483647, step: 1 }}
          />
          <Select
            label={copy.limits.period}
            hint={copy.limits.periodHint}
            options={periods.map((value) => ({ value, label: copy.limits.periods[value] }))}
            value={fields().quotaPeriod}
            onChange={(value) => props.draft.set("quotaPeriod", value as Fields["quotaPeriod"])}
            disabled={props.disabled}
          />
        </div>
      </Show>
      <TextField
        label={copy.limits.origins}
        hint={copy.limits.originsHint}
        value={fields().origins}
        onInput={(value) => props.draft.set("origins", value)}
        error={error("allowedOrigins")}
        multiline
        mono
        rows={2}
        disabled={props.disabled}
      />
      <TextField
        label={copy.limits.retention}
        hint={copy.limits.retentionHint}
        value={fields().retentionDays}
        onInput={(value) => props.draft.set("retentionDays", value)}
        error={error("retentionDays")}
        required
        disabled={props.disabled}
        inputProps={{ type: "number", min: 1, max: 90, step: 1 }}
      />
    </div>
  );
}
