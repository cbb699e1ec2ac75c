import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { useCurrentBot } from "../bot-context.ts";
import type { Publication } from "../queries.ts";
import { copy } from "./copy.ts";
import { Cost } from "./cost.tsx";
import { isBesideField, SettingFields } from "./setting-fields.tsx";
import { createSettingsDraft } from "./settings-draft.ts";
import { WordsLink } from "./words-link.tsx";

export function PublishForm(props: { publication: Publication }) {
  const client = useQueryClient();
  const draft = createSettingsDraft(["limits", "address"], props.publication);
  const bot = useCurrentBot();
  const unmet = () => props.publication.prerequisites.filter((p) => p.required && !p.met);
  const isShared = () => !unmet().some(({ name }) => name === "scope");
  /** Sharing is done along with publishing; what else is missing is not for this form to do. */
  const missing = () => unmet().filter(({ name }) => name !== "scope");
  const publish = useMutation(() => ({
    mutationFn: async () => {
      const param = { botId: props.publication.botId };
      const { allowedUsers, allowedGroups } = bot();
      if (!isShared()) {
        const json = { scope: "all" as const, allowedUsers, allowedGroups };
        const shared = await read(api.bots[":botId"].sharing.$put({ param, json }));
        client.setQueryData(names.bot(shared.botId), shared);
      }
      return read(api.bots[":botId"].publication.$post({ param, json: draft.body() }));
    },
    onError: () =>
      client.invalidateQueries({ queryKey: names.publication(props.publication.botId) }),
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
        <WordsLink />
        <SettingFields draft={draft} error={publish.error} />
      </Card>
      <Cost draft={draft} />
      <Show when={publish.isError && !isBesideField(draft, publish.error)}>
        <ErrorPanel title={copy.refused} error={publish.error} />
      </Show>
      <Show when={!isShared()}>
        <Notice title={copy.shareTitle}>
          <p>{copy.shareText}</p>
        </Notice>
      </Show>
      <Show when={missing().length > 0}>
        <Notice tone="warn" title={copy.blockedTitle}>
          <ul>
            {missing().map((item) => (
              <li>{item.detail}</li>
            ))}
          </ul>
        </Notice>
      </Show>
      <div>
        <Button
          look="primary"
          type="submit"
          busy={publish.isPending}
          disabled={missing().length > 0}
        >
          {isShared() ? copy.action : copy.shareAction}
        </Button>
      </div>
    </form>
  );
}
