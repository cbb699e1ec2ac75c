import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Switch } from "~/ui/switch.tsx";
import { copy } from "./copy.ts";
import { refreshed, type ToolList } from "./queries.ts";

const kinds = ["knowledge", "calculator", "time"] as const;
type Kind = (typeof kinds)[number];

/** The bot's own tools, each on or off. */
export function BuiltIn(props: { botId: string; list: ToolList }) {
  const client = useQueryClient();
  const idOf = (kind: Kind) =>
    props.list.tools.find(({ setting }) => setting.kind === kind)?.toolId;
  const isOn = (kind: Kind) => props.list.use.allowed.includes(idOf(kind) ?? "");
  const set = useMutation(() => ({
    mutationFn: async ({ kind, on }: { kind: Kind; on: boolean }) => {
      const param = { botId: props.botId };
      const toolId =
        idOf(kind) ??
        (await read(api.bots[":botId"].tools.$post({ param, json: { setting: { kind } } }))).toolId;
      const others = props.list.use.allowed.filter((one) => one !== toolId);
      const tools = { allowed: on ? [...others, toolId] : others };
      await read(api.bots[":botId"].$patch({ param, json: { tools } }));
    },
    onSettled: () => refreshed(client, props.botId),
  }));
  return (
    <Card title={copy.own.title} hint={copy.own.hint}>
      <div class={page.form}>
        <For each={kinds}>
          {(kind) => (
            <Switch
              label={copy.own.kinds[kind].label}
              hint={copy.own.kinds[kind].hint}
              checked={isOn(kind)}
              onChange={(on) => set.mutate({ kind, on })}
              disabled={set.isPending}
            />
          )}
        </For>
      </div>
      <Show when={set.isError}>
        <ErrorPanel title={copy.own.failed} error={set.error} />
      </Show>
    </Card>
  );
}
