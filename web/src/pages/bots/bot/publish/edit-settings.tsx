import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { type JSX, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import type { Setting } from "~/page-parts/publication/settings.ts";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import type { Publication } from "../queries.ts";
import { isBesideField, SettingFields } from "./setting-fields.tsx";
import { createSettingsDraft } from "./settings-draft.ts";

interface Props {
  publication: Publication;
  /** Not the address: a live endpoint keeps its URL. */
  card: Exclude<Setting["card"], "address">;
  words: { hint: string; save: string; saved: string; failed: string };
  title: string;
  /** @param webhookSecret of a new webhook: what is shown once. */
  onSaved?: (webhookSecret: string | null) => void;
  /** Above the fields. */
  children?: JSX.Element;
}

/** Settings of a live endpoint, changed in place: its URL and keys stay. */
export function EditSettings(props: Props) {
  const client = useQueryClient();
  const draft = createSettingsDraft([props.card], props.publication);
  const isUpdating = () => props.publication.status === "updating";
  const save = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].publication.$patch({
          param: { botId: props.publication.botId },
          json: draft.body(),
        }),
      ),
    // No cache of ours may keep a secret.
    gcTime: 0,
    onSuccess: ({ webhookSecret, ...begun }: Publication & { webhookSecret: string | null }) => {
      client.setQueryData(names.publication(begun.botId), begun);
      draft.reset(begun);
      announce(props.words.saved);
      props.onSaved?.(webhookSecret);
    },
  }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!save.isPending && !isUpdating()) save.mutate();
  };
  return (
    <form
      onSubmit={submit}
      id={props.card}
      data-unsaved={draft.isDirty(props.publication) ? "" : undefined}
    >
      <Card title={props.title} hint={props.words.hint}>
        {props.children}
        <SettingFields draft={draft} error={save.error} disabled={isUpdating()} />
        <Show when={save.isError && !isBesideField(draft, save.error)}>
          <ErrorPanel title={props.words.failed} error={save.error} />
        </Show>
        <Show when={draft.isDirty(props.publication) && !isUpdating()}>
          <div class={page.row}>
            <Button look="primary" type="submit" busy={save.isPending}>
              {props.words.save}
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
