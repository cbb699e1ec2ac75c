import { Show } from "solid-js";
import { fieldError } from "../../../../api/field-error.ts";
import { publishCopy } from "../../../../copy-publish.ts";
import { Select } from "../../../../ui/select.tsx";
import { Switch } from "../../../../ui/switch.tsx";
import { TextField } from "../../../../ui/text-field.tsx";
import page from "../../../page.module.css";
import type { LimitFields as Fields, LimitsDraft } from "./limits.ts";

const periods = ["DAY", "WEEK", "MONTH"] as const;

export function LimitFields(props: { draft: LimitsDraft; error: unknown; disabled?: boolean }) {
  const fields = () => props.draft.fields;
  const error = (path: string) => fieldError(props.error, path);
  return (
    <div class={page.form}>
      <Switch
        label={publishCopy.limits.throttle}
        hint={publishCopy.limits.throttleHint}
        checked={fields().throttled}
        onChange={(value) => props.draft.set("throttled", value)}
        disabled={props.disabled}
      />
      <Show when={fields().throttled}>
        <div class={page.pair}>
          <TextField
            label={publishCopy.limits.burst}
            hint={publishCopy.limits.burstHint}
            value={fields().burstLimit}
            onInput={(value) => props.draft.set("burstLimit", value)}
            error={error("throttle.burstLimit")}
            required
            disabled={props.disabled}
            inputProps={{ type: "number", min: 1, max: 5000, step: 1 }}
          />
          <TextField
            label={publishCopy.limits.rate}
            hint={publishCopy.limits.rateHint}
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
        label={publishCopy.limits.quota}
        hint={publishCopy.limits.quotaHint}
        checked={fields().quotaOn}
        onChange={(value) => props.draft.set("quotaOn", value)}
        disabled={props.disabled}
      />
      <Show when={fields().quotaOn}>
        <div class={page.pair}>
          <TextField
            label={publishCopy.limits.quotaLimit}
            hint={publishCopy.limits.quotaLimitHint}
            value={fields().quotaLimit}
            onInput={(value) => props.draft.set("quotaLimit", value)}
            error={error("quota.limit")}
            required
            disabled={props.disabled}
            inputProps={{ type: "number", min: 1, max: 2147483647, step: 1 }}
          />
          <Select
            label={publishCopy.limits.period}
            hint={publishCopy.limits.periodHint}
            options={periods.map((value) => ({ value, label: publishCopy.limits.periods[value] }))}
            value={fields().quotaPeriod}
            onChange={(value) => props.draft.set("quotaPeriod", value as Fields["quotaPeriod"])}
            disabled={props.disabled}
          />
        </div>
      </Show>
      <TextField
        label={publishCopy.limits.origins}
        hint={publishCopy.limits.originsHint}
        value={fields().origins}
        onInput={(value) => props.draft.set("origins", value)}
        error={error("allowedOrigins")}
        multiline
        mono
        rows={2}
        disabled={props.disabled}
      />
      <TextField
        label={publishCopy.limits.retention}
        hint={publishCopy.limits.retentionHint}
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
