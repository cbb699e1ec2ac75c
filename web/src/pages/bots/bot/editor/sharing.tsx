import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import type { Bot } from "~/api/bots.ts";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { RadioGroup } from "~/ui/radio-group.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy as botsCopy } from "../../copy.ts";
import { useCurrentBot } from "../bot-context.ts";
import { copy } from "./copy.ts";

const scopes = ["private", "partial", "all"] as const;
const lines = (text: string) =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Whom the bot is shared with. A published bot is everybody's, so nothing changes then. */
export function SharingCard() {
  const bot = useCurrentBot();
  const client = useQueryClient();
  const [scope, setScope] = createSignal<Bot["scope"]>(bot().scope);
  const [users, setUsers] = createSignal(bot().allowedUsers.join("\n"));
  const [groups, setGroups] = createSignal(bot().allowedGroups.join("\n"));
  const isFixed = () =>
    bot().publicationStatus !== null && bot().publicationStatus !== "unpublished";
  const isDirty = () =>
    scope() !== bot().scope ||
    (scope() === "partial" &&
      (lines(users()).join() !== bot().allowedUsers.join() ||
        lines(groups()).join() !== bot().allowedGroups.join()));
  const share = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].sharing.$put({
          param: { botId: bot().botId },
          json: { scope: scope(), allowedUsers: lines(users()), allowedGroups: lines(groups()) },
        }),
      ),
    onSuccess: (saved: Bot) => {
      client.setQueryData(names.bot(saved.botId), saved);
      void client.invalidateQueries({ queryKey: names.bots });
      void client.invalidateQueries({ queryKey: names.publication(saved.botId) });
      announce(copy.sharing.saved);
    },
  }));
  return (
    <Card title={copy.sharing.title} hint={copy.sharing.hint}>
      <Show when={isFixed()}>
        <Notice>
          <p>{copy.sharing.fixed}</p>
        </Notice>
      </Show>
      <RadioGroup
        label={copy.sharing.scope}
        value={scope()}
        onChange={(value) => setScope(value as Bot["scope"])}
        disabled={isFixed()}
        options={scopes.map((value) => ({
          value,
          label: botsCopy.scopes[value],
          hint: copy.sharing.hints[value],
        }))}
      />
      <Show when={scope() === "partial"}>
        <TextField
          label={copy.sharing.users}
          hint={copy.sharing.usersHint}
          value={users()}
          onInput={setUsers}
          multiline
          rows={2}
          disabled={isFixed()}
        />
        <TextField
          label={copy.sharing.groups}
          hint={copy.sharing.groupsHint}
          value={groups()}
          onInput={setGroups}
          multiline
          rows={2}
          disabled={isFixed()}
        />
      </Show>
      <Show when={share.isError}>
        <ErrorPanel title={copy.sharing.failed} error={share.error} />
      </Show>
      <Show when={isDirty() && !isFixed()}>
        <div>
          <Button look="primary" busy={share.isPending} onClick={() => share.mutate()}>
            {copy.sharing.save}
          </Button>
        </div>
      </Show>
    </Card>
  );
}
