import { For } from "solid-js";
import { fieldError } from "~/api/field-error.ts";
import page from "~/page-parts/page.module.css";
import { Checkbox } from "~/ui/checkbox.tsx";
import { Disclosure } from "~/ui/disclosure.tsx";
import { Select } from "~/ui/select.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import { budgetPeriods, type KeyDraft, quotaPeriods, scopes } from "./key-draft.ts";

interface Props {
  draft: KeyDraft;
  error: unknown;
}

const words = copy.fields;

/** Which of a key's fields an error can stand beside. */
const named = ["label", "scopes", "allowedIps", "allowedOrigins", "throttle", "quota", "budget"];
export const isBesideField = (error: unknown): boolean =>
  [...named, "metadata"].some((path) => fieldError(error, path) !== undefined);

/** What a key may do, and how much of it. */
export function KeyFields(props: Props) {
  const error = (path: string) => fieldError(props.error, path);
  return (
    <>
      <TextField
        label={copy.label}
        hint={copy.labelHint}
        value={props.draft.fields.label}
        onInput={(value) => props.draft.set("label", value)}
        error={error("label")}
        required
        inputProps={{ maxlength: 100, autocomplete: "off" }}
      />
      <Disclosure summary={words.title}>
        <div class={page.form}>
          <fieldset class={page.row}>
            <legend>{words.scopes}</legend>
            <For each={scopes}>
              {(scope) => (
                <Checkbox
                  label={words.scope[scope]}
                  checked={props.draft.fields.scopes.includes(scope)}
                  onChange={(on) => props.draft.turn(scope, on)}
                />
              )}
            </For>
          </fieldset>
          <Amounts draft={props.draft} error={props.error} />
          <TextField
            label={words.allowedIps}
            hint={words.allowedIpsHint}
            value={props.draft.fields.allowedIps}
            onInput={(value) => props.draft.set("allowedIps", value)}
            error={error("allowedIps")}
            multiline
            mono
            rows={2}
          />
          <TextField
            label={words.allowedOrigins}
            hint={words.allowedOriginsHint}
            value={props.draft.fields.allowedOrigins}
            onInput={(value) => props.draft.set("allowedOrigins", value)}
            error={error("allowedOrigins")}
            multiline
            mono
            rows={2}
          />
          <TextField
            label={words.notes}
            hint={words.notesHint}
            value={props.draft.fields.notes}
            onInput={(value) => props.draft.set("notes", value)}
            error={error("metadata")}
            multiline
            rows={2}
          />
        </div>
      </Disclosure>
    </>
  );
}

/** Rate, quota and budget of this key alone: below what every key of the publication has. */
function Amounts(props: Props) {
  const number = { type: "number", min: 0, step: "any" } as const;
  const options = (of: readonly (keyof typeof words.periods)[]) =>
    of.map((value) => ({ value, label: words.periods[value] }));
  return (
    <>
      <div class={page.pair}>
        <TextField
          label={words.rate}
          hint={words.rateHint}
          value={props.draft.fields.rate}
          onInput={(value) => props.draft.set("rate", value)}
          error={fieldError(props.error, "throttle")}
          inputProps={number}
        />
        <TextField
          label={words.burst}
          value={props.draft.fields.burst}
          onInput={(value) => props.draft.set("burst", value)}
          inputProps={{ ...number, step: 1 }}
        />
      </div>
      <div class={page.pair}>
        <TextField
          label={words.quota}
          value={props.draft.fields.quota}
          onInput={(value) => props.draft.set("quota", value)}
          error={fieldError(props.error, "quota")}
          inputProps={{ ...number, step: 1 }}
        />
        <Select
          label={words.period}
          options={options(quotaPeriods)}
          value={props.draft.fields.quotaPeriod}
          onChange={(value) => {
            const found = quotaPeriods.find((one) => one === value);
            if (found) props.draft.set("quotaPeriod", found);
          }}
        />
      </div>
      <div class={page.pair}>
        <TextField
          label={words.usd}
          hint={words.usdHint}
          value={props.draft.fields.usd}
          onInput={(value) => props.draft.set("usd", value)}
          error={fieldError(props.error, "budget")}
          inputProps={number}
        />
        <TextField
          label={words.runs}
          value={props.draft.fields.runs}
          onInput={(value) => props.draft.set("runs", value)}
          inputProps={{ ...number, step: 1 }}
        />
        <Select
          label={words.budgetPeriod}
          options={options(budgetPeriods)}
          value={props.draft.fields.budgetPeriod}
          onChange={(value) => {
            const found = budgetPeriods.find((one) => one === value);
            if (found) props.draft.set("budgetPeriod", found);
          }}
        />
      </div>
    </>
  );
}
