import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import type { Publication } from "../queries.ts";
import { copy } from "./copy.ts";
import { Cost } from "./cost.tsx";
import { isBesideField, SettingFields } from "./setting-fields.tsx";
import { createSettingsDraft } from "./settings-draft.ts";

export function PublishForm(props: { publication: Publication }) {
  const client = useQueryClient();
  const draft = createSettingsDraft(["limits", "address"], props.publication);
  const unmet = () => props.publication.prerequisites.filter((p) => p.required && !p.met);
  const publish = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].publication.$post({
          param: { botId: props.publication.botId },
          json: draft.body(),
        }),
      ),
    onSuccess: (begun: Publication) => {
      client.setQueryData(names.publication(begun.botId), begun);
      void client.invalidateQueries({ queryKey: names.bot(begun.botId), refetchType: "none" });
      void client.invalidateQueries({ queryKey: names.bots });
    },
  }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!publish.isPending) publish.mutate();
  };
  return (
    <form class={page.form} onSubmit={submit}>
      <Card title={copy.settings} hint={copy.settingsHint}>
        <SettingFields draft={draft} error={publish.error} />
      </Card>
      <Cost draft={draft} />
      <Show when={publish.isError && !isBesideField(draft, publish.error)}>
        <ErrorPanel title={copy.refused} error={publish.error} />
      </Show>
      <Show when={unmet().length > 0}>
        <Notice tone="warn" title={copy.blockedTitle}>
          <ul>
            {unmet().map((item) => (
              <li>{item.detail}</li>
            ))}
          </ul>
        </Notice>
      </Show>
      <div>
        <Button look="primary" type="submit" busy={publish.isPending} disabled={unmet().length > 0}>
          {copy.action}
        </Button>
      </div>
    </form>
  );
}
