import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { copy } from "./copy.ts";
import { type McpFunction, refreshed } from "./queries.ts";

/** Why a tool is not offered, and what it is now: to be approved, or not. */
export function Paused(props: { botId: string; toolId: string; paused: McpFunction }) {
  const client = useQueryClient();
  const approve = useMutation(() => ({
    mutationFn: (digest: string) =>
      read(
        api.bots[":botId"].tools[":toolId"].approve.$post({
          param: { botId: props.botId, toolId: props.toolId },
          json: { remoteName: props.paused.remoteName, digest },
        }),
      ),
    onSettled: () => refreshed(client, props.botId),
  }));
  const now = () => props.paused.pause?.definition;
  const json = (schema: unknown) => JSON.stringify(schema, null, 2);
  return (
    <Notice
      tone="warn"
      title={now() ? copy.pause.changed(props.paused.name) : copy.pause.gone(props.paused.name)}
    >
      <p>{now() ? copy.pause.changedText : copy.pause.goneText}</p>
      <Show when={now()}>
        {(definition) => (
          <div class={page.form}>
            <dl class={page.facts}>
              <div>
                <dt>{copy.pause.before}</dt>
                <dd>{props.paused.description}</dd>
              </div>
              <div>
                <dt>{copy.pause.after}</dt>
                <dd>{definition().description}</dd>
              </div>
            </dl>
            <Show when={json(definition().inputSchema) !== json(props.paused.inputSchema)}>
              <CodeBlock
                code={json(definition().inputSchema)}
                label={copy.pause.schema}
                copyLabel={copy.pause.copySchema}
              />
            </Show>
            <div class={page.row}>
              <Button
                size="small"
                busy={approve.isPending}
                onClick={() => approve.mutate(definition().digest)}
              >
                {copy.pause.approve}
              </Button>
            </div>
          </div>
        )}
      </Show>
      <Show when={approve.isError}>
        <ErrorPanel title={copy.pause.failed} error={approve.error} />
      </Show>
    </Notice>
  );
}
