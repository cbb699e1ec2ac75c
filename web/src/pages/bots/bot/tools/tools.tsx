import { createSignal, For, Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { Async } from "~/ui/async.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { AddBot } from "./add-bot.tsx";
import { AddMcp } from "./add-mcp.tsx";
import { AddOpenApi } from "./add-openapi.tsx";
import { BuiltIn } from "./built-in.tsx";
import { copy } from "./copy.ts";
import { LimitsCard } from "./limits-card.tsx";
import { type ToolList, useTools } from "./queries.ts";
import { ToolRow } from "./tool-row.tsx";
import styles from "./tools.module.css";

/** What the bot's model may call beside answering. */
export default function Tools() {
  const bot = useCurrentBot();
  const tools = useTools(() => bot().botId);
  return (
    <Async query={tools} title={copy.failed}>
      {(data) => (
        <div class={page.page}>
          <Outside botId={bot().botId} list={data()} />
          <BuiltIn botId={bot().botId} list={data()} />
          <LimitsCard botId={bot().botId} use={data().use} />
        </div>
      )}
    </Async>
  );
}

function Outside(props: { botId: string; list: ToolList }) {
  const [adding, setAdding] = createSignal<"http" | "mcp" | "bot">();
  const outside = () =>
    props.list.tools.filter(({ setting }) => ["http", "mcp", "bot"].includes(setting.kind));
  const buttons = () => (
    <span class={page.row}>
      <Button size="small" onClick={() => setAdding("bot")}>
        {copy.outside.addBot}
      </Button>
      <Button size="small" onClick={() => setAdding("mcp")}>
        {copy.outside.addMcp}
      </Button>
      <Button size="small" look="primary" onClick={() => setAdding("http")}>
        {copy.outside.addHttp}
      </Button>
    </span>
  );
  return (
    <Card
      title={copy.outside.title}
      hint={copy.outside.hint}
      actions={<Show when={outside().length > 0}>{buttons()}</Show>}
    >
      <Show
        when={outside().length > 0}
        fallback={
          <EmptyState
            icon="plus"
            title={copy.outside.empty}
            text={copy.outside.emptyText}
            action={buttons()}
          />
        }
      >
        <ul class={styles.list} aria-label={copy.outside.listLabel}>
          <For each={outside()}>
            {(tool) => <ToolRow botId={props.botId} tool={tool} use={props.list.use} />}
          </For>
        </ul>
      </Show>
      <AddOpenApi
        open={adding() === "http"}
        onClose={() => setAdding(undefined)}
        botId={props.botId}
        list={props.list}
      />
      <AddMcp
        open={adding() === "mcp"}
        onClose={() => setAdding(undefined)}
        botId={props.botId}
        list={props.list}
      />
      <AddBot
        open={adding() === "bot"}
        onClose={() => setAdding(undefined)}
        botId={props.botId}
        list={props.list}
      />
    </Card>
  );
}
