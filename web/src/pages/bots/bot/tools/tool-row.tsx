import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { api, done, read } from "~/api/client.ts";
import { ConfirmAct } from "~/page-parts/confirm-act.tsx";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Chip } from "~/ui/chip.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Switch } from "~/ui/switch.tsx";
import { copy } from "./copy.ts";
import { EditTool } from "./edit-tool.tsx";
import { Paused } from "./paused.tsx";
import { refreshed, type Tool, type Use, useSetUse } from "./queries.ts";
import { addressOf, type Callable, functionsOf, pausedOf, titleOf } from "./tool-parts.ts";
import styles from "./tools.module.css";
import { TryFunction } from "./try-function.tsx";

/** One service or server: what the model may call of it, and what is to be done about it. */
export function ToolRow(props: { botId: string; tool: Tool; use: Use }) {
  const [trying, setTrying] = createSignal<Callable>();
  const [open, setOpen] = createSignal<"edit" | "remove">();
  const setUse = useSetUse(() => props.botId);
  const isOn = () => props.use.allowed.includes(props.tool.toolId);
  const allow = (on: boolean) => {
    const others = props.use.allowed.filter((one) => one !== props.tool.toolId);
    setUse.mutate({ allowed: on ? [...others, props.tool.toolId] : others });
  };
  return (
    <li class={styles.tool}>
      <div class={page.between}>
        <div>
          <p class={page.row}>
            <strong data-written>{titleOf(props.tool)}</strong>
            <KindChip tool={props.tool} />
            <Show when={pausedOf(props.tool).length > 0}>
              <Chip tone="warn" dot>
                {copy.tool.paused(pausedOf(props.tool).length)}
              </Chip>
            </Show>
          </p>
          <p class={styles.address} data-written>
            {addressOf(props.tool)}
          </p>
        </div>
        <Actions botId={props.botId} tool={props.tool} onOpen={setOpen} />
      </div>
      <Switch
        label={copy.tool.offered(titleOf(props.tool))}
        checked={isOn()}
        onChange={allow}
        disabled={setUse.isPending}
      />
      <Show when={setUse.isError}>
        <ErrorPanel title={copy.tool.failed} error={setUse.error} />
      </Show>
      <For each={pausedOf(props.tool)}>
        {(paused) => <Paused botId={props.botId} toolId={props.tool.toolId} paused={paused} />}
      </For>
      <Functions tool={props.tool} onTry={setTrying} />
      <Show when={trying()}>
        {(it) => (
          <TryFunction
            botId={props.botId}
            toolId={props.tool.toolId}
            callable={it()}
            onClose={() => setTrying(undefined)}
          />
        )}
      </Show>
      <Show when={open() === "edit"}>
        <EditTool botId={props.botId} tool={props.tool} onClose={() => setOpen(undefined)} />
      </Show>
      <RemoveTool
        botId={props.botId}
        of={open() === "remove" ? props.tool : undefined}
        use={props.use}
        onClose={() => setOpen(undefined)}
      />
    </li>
  );
}

const KindChip = (props: { tool: Tool }) => {
  const label = () => {
    const { kind } = props.tool.setting;
    return kind === "http" || kind === "mcp" || kind === "bot" ? copy.tool.kinds[kind] : kind;
  };
  return <Chip>{label()}</Chip>;
};

function Functions(props: { tool: Tool; onTry: (callable: Callable) => void }) {
  return (
    <ul class={styles.functions} aria-label={copy.tool.functions(functionsOf(props.tool).length)}>
      <For each={functionsOf(props.tool)}>
        {(it) => (
          <li class={styles.function}>
            <div>
              <p class={styles.name} data-written>
                {it.name}
              </p>
              <p class={styles.about} data-written>
                {it.description}
              </p>
              <p class={styles.about}>
                <code>{it.key}</code> · {it.isSafeToRepeat ? copy.tool.repeat : copy.tool.once}
              </p>
            </div>
            <Button
              size="small"
              aria-label={copy.tool.tryNamed(it.name)}
              onClick={() => props.onTry(it)}
            >
              {copy.tool.try}
            </Button>
          </li>
        )}
      </For>
    </ul>
  );
}

function Actions(props: { botId: string; tool: Tool; onOpen: (what: "edit" | "remove") => void }) {
  const client = useQueryClient();
  const refresh = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].tools[":toolId"].refresh.$post({
          param: { botId: props.botId, toolId: props.tool.toolId },
        }),
      ),
    onSuccess: () => refreshed(client, props.botId),
  }));
  return (
    <span class={page.row}>
      <Show when={props.tool.setting.kind === "mcp"}>
        <Button
          size="small"
          busy={refresh.isPending}
          aria-label={copy.tool.refreshNamed(titleOf(props.tool))}
          onClick={() => refresh.mutate()}
        >
          {copy.tool.refresh}
        </Button>
      </Show>
      <Show when={props.tool.setting.kind !== "bot"}>
        <Button
          size="small"
          aria-label={copy.tool.editNamed(titleOf(props.tool))}
          onClick={() => props.onOpen("edit")}
        >
          {copy.tool.edit}
        </Button>
      </Show>
      <Button
        size="small"
        look="danger-quiet"
        aria-label={copy.tool.removeNamed(titleOf(props.tool))}
        onClick={() => props.onOpen("remove")}
      >
        {copy.tool.remove}
      </Button>
      <Show when={refresh.isError}>
        <ErrorPanel title={copy.tool.failed} error={refresh.error} />
      </Show>
    </span>
  );
}

function RemoveTool(props: { botId: string; of: Tool | undefined; use: Use; onClose: () => void }) {
  const client = useQueryClient();
  const remove = async ({ toolId }: Tool) => {
    const { botId, use } = props;
    const allowed = use.allowed.filter((one) => one !== toolId);
    try {
      await read(api.bots[":botId"].$patch({ param: { botId }, json: { tools: { allowed } } }));
      await done(api.bots[":botId"].tools[":toolId"].$delete({ param: { botId, toolId } }));
    } finally {
      await refreshed(client, botId);
    }
  };
  return (
    <ConfirmAct
      of={props.of}
      onClose={props.onClose}
      title={(tool) => copy.tool.removeTitle(titleOf(tool))}
      consequence={copy.tool.removeText}
      action={copy.tool.removeAction}
      act={remove}
      failed={copy.tool.removeFailed}
    />
  );
}
