import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import type { Publication } from "../queries.ts";
import { copy } from "./copy.ts";
import { LimitFields } from "./limit-fields.tsx";
import { createLimits } from "./limits.ts";

/** Limits and origins of a live endpoint: its URL and keys stay. */
export function EditLimits(props: { publication: Publication }) {
  const client = useQueryClient();
  const draft = createLimits(props.publication);
  const isUpdating = () => props.publication.status === "updating";
  const save = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].publication.$patch({
          param: { botId: props.publication.botId },
          json: draft.input(),
        }),
      ),
    onSuccess: (begun: Publication) => {
      client.setQueryData(names.publication(begun.botId), begun);
      draft.reset(begun);
      announce(copy.limits.saved);
    },
  }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!save.isPending && !isUpdating()) save.mutate();
  };
  const isFieldError = () =>
    ["throttle", "quota", "allowedOrigins", "retentionDays"].some((path) =>
      fieldError(save.error, path),
    );
  return (
    <form onSubmit={submit}>
      <Card title={copy.limits.title} hint={copy.limits.editHint}>
        <LimitFields draft={draft} error={save.error} disabled={isUpdating()} />
        <Show when={save.isError && !isFieldError()}>
          <ErrorPanel title={copy.limits.failed} error={save.error} />
        </Show>
        <Show when={draft.isDirty(props.publication) && !isUpdating()}>
          <div class={page.row}>
            <Button look="primary" type="submit" busy={save.isPending}>
              {copy.limits.save}
            </Button>
            <Button
              onClick={() => {
                save.reset();
                draft.reset(props.publication);
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
