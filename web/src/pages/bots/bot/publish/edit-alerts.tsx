import { useLocation } from "@solidjs/router";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createEffect, onMount, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { AlertStates } from "../alert-states.tsx";
import { copy as botCopy } from "../copy.ts";
import type { Publication } from "../queries.ts";
import { createAlertDraft } from "./alert-draft.ts";
import { copy } from "./copy.ts";

/** Of what the owner wants to be told, beside how it stands now. */
export function EditAlerts(props: { publication: Publication }) {
  const client = useQueryClient();
  const location = useLocation();
  const draft = createAlertDraft(props.publication.alerts);
  const isUpdating = () => props.publication.status === "updating";
  let form: HTMLFormElement | undefined;
  onMount(() => {
    // The page is longer than a screen, and a link may have come for this part of it.
    if (location.hash === "#alerts") form?.scrollIntoView();
  });
  const changed = () =>
    void client.invalidateQueries({ queryKey: names.alerts(props.publication.botId) });
  const save = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].publication.$patch({
          param: { botId: props.publication.botId },
          json: { alerts: draft.input() },
        }),
      ),
    onSuccess: (begun: Publication) => {
      client.setQueryData(names.publication(begun.botId), begun);
      draft.reset(begun.alerts);
      announce(copy.alerts.saved);
      changed();
    },
  }));
  // Thresholds are in force once the update has ended.
  createEffect<boolean>((was) => {
    const now = isUpdating();
    if (was && !now) changed();
    return now;
  }, isUpdating());
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!save.isPending && !isUpdating()) save.mutate();
  };
  const error = (name: string) => fieldError(save.error, `alerts.${name}`);
  const isFieldError = () => fieldError(save.error, "alerts") !== undefined;
  return (
    <form
      onSubmit={submit}
      id="alerts"
      ref={(element) => {
        form = element;
      }}
    >
      <Card title={botCopy.alertStates.title} hint={copy.alerts.formHint}>
        <AlertStates botId={props.publication.botId} />
        <div class={page.form}>
          <div class={page.pair}>
            <TextField
              label={copy.alerts.errorRate}
              hint={copy.alerts.errorRateHint}
              value={draft.fields.errorRatePercent}
              onInput={(value) => draft.set("errorRatePercent", value)}
              error={error("errorRatePercent")}
              disabled={isUpdating()}
              inputProps={{ type: "number", min: 0, max: 100, step: "any" }}
            />
            <TextField
              label={copy.alerts.p99}
              hint={copy.alerts.p99Hint}
              value={draft.fields.p99Ms}
              onInput={(value) => draft.set("p99Ms", value)}
              error={error("p99Ms")}
              disabled={isUpdating()}
              inputProps={{ type: "number", min: 1, max: 900_000, step: 1 }}
            />
            <TextField
              label={copy.alerts.quota}
              hint={copy.alerts.quotaHint}
              value={draft.fields.quotaUsedPercent}
              onInput={(value) => draft.set("quotaUsedPercent", value)}
              error={error("quotaUsedPercent")}
              disabled={isUpdating()}
              inputProps={{ type: "number", min: 0, max: 100, step: "any" }}
            />
            <TextField
              label={copy.alerts.spend}
              hint={copy.alerts.spendHint}
              value={draft.fields.monthlySpendUsd}
              onInput={(value) => draft.set("monthlySpendUsd", value)}
              error={error("monthlySpendMicroUsd")}
              disabled={isUpdating()}
              inputProps={{ type: "number", min: 0, max: 1_000_000, step: "any" }}
            />
          </div>
          <TextField
            label={copy.alerts.emails}
            hint={copy.alerts.emailsHint}
            value={draft.fields.emails}
            onInput={(value) => draft.set("emails", value)}
            error={error("emails")}
            multiline
            rows={2}
            disabled={isUpdating()}
          />
        </div>
        <Show when={save.isError && !isFieldError()}>
          <ErrorPanel title={copy.alerts.saveFailed} error={save.error} />
        </Show>
        <Show when={draft.isDirty(props.publication.alerts) && !isUpdating()}>
          <div class={page.row}>
            <Button look="primary" type="submit" busy={save.isPending}>
              {copy.alerts.save}
            </Button>
            <Button
              onClick={() => {
                save.reset();
                draft.reset(props.publication.alerts);
              }}
            >
              {common.actions.discard}
            </Button>
          </div>
        </Show>
      </Card>
    </form>
  );
}
