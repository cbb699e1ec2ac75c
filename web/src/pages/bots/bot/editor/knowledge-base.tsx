import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import type { Bot } from "~/api/bots.ts";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Select } from "~/ui/select.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { copy } from "./copy.ts";

/** No id of a knowledge base: Kobalte has no choice without a value. */
const none = "none";

/** Which knowledge base of Amazon Bedrock the bot answers from too, where whoever deploys allows any. */
export default function KnowledgeBaseField(props: { allowed: readonly string[] }) {
  const bot = useCurrentBot();
  const client = useQueryClient();
  const chosen = () => bot().knowledgeBase ?? none;
  const isLost = () => chosen() !== none && !props.allowed.includes(chosen());
  const save = useMutation(() => ({
    mutationFn: (knowledgeBase: string | null) =>
      read(api.bots[":botId"].$patch({ param: { botId: bot().botId }, json: { knowledgeBase } })),
    onSuccess: (saved: Bot) => {
      client.setQueryData(names.bot(saved.botId), saved);
      announce(copy.knowledgeBase.saved(saved.knowledgeBase));
    },
  }));
  const options = () => [
    { value: none, label: copy.knowledgeBase.none },
    ...[...props.allowed, ...(isLost() ? [chosen()] : [])].map((id) => ({ value: id, label: id })),
  ];
  return (
    <>
      <Select
        label={copy.knowledgeBase.label}
        hint={copy.knowledgeBase.hint}
        options={options()}
        value={save.isPending ? (save.variables ?? none) : chosen()}
        disabled={save.isPending}
        onChange={(id) => {
          if (id !== chosen()) save.mutate(id === none ? null : id);
        }}
      />
      <Show when={isLost()}>
        <Notice>
          <p>{copy.knowledgeBase.lost(chosen())}</p>
        </Notice>
      </Show>
      <Show when={save.isError}>
        <ErrorPanel title={copy.knowledgeBase.failed} error={save.error} />
      </Show>
    </>
  );
}
