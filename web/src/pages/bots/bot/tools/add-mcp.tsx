import { useMutation } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import { Picks } from "./picks.tsx";
import { type RemotePreview, type ToolList, useAddTool } from "./queries.ts";
import { freeName } from "./tool-parts.ts";

interface Server {
  url: string;
  headers: { name: string; value: string }[];
}

/** First the server, then which of its tools. */
export function AddMcp(props: {
  open: boolean;
  onClose: () => void;
  botId: string;
  list: ToolList;
}) {
  const [found, setFound] = createSignal<{ server: Server; preview: RemotePreview }>();
  const close = () => {
    setFound(undefined);
    props.onClose();
  };
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={copy.mcp.title}
      description={copy.mcp.description}
    >
      <Show
        when={found()}
        fallback={
          <LookAtServer
            botId={props.botId}
            onClose={close}
            onFound={(server, preview) => setFound({ server, preview })}
          />
        }
      >
        {(it) => (
          <PickTools
            {...it()}
            botId={props.botId}
            list={props.list}
            onBack={() => setFound(undefined)}
            onAdded={close}
          />
        )}
      </Show>
    </Dialog>
  );
}

function LookAtServer(props: {
  botId: string;
  onClose: () => void;
  onFound: (server: Server, preview: RemotePreview) => void;
}) {
  const [url, setUrl] = createSignal("");
  const [name, setName] = createSignal("");
  const [value, setValue] = createSignal("");
  const look = useMutation(() => ({
    mutationFn: async () => {
      const headers = name().trim() === "" ? [] : [{ name: name().trim(), value: value() }];
      const server = { url: url(), headers };
      const param = { botId: props.botId };
      const preview = await read(api.bots[":botId"].tools.mcp.$post({ param, json: server }));
      return { server, preview };
    },
    onSuccess: ({ server, preview }) => props.onFound(server, preview),
  }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!look.isPending) look.mutate();
  };
  return (
    <form class={page.form} onSubmit={submit}>
      <TextField
        label={copy.mcp.url}
        hint={copy.mcp.urlHint}
        value={url()}
        onInput={setUrl}
        error={fieldError(look.error, "url")}
        required
        inputProps={{ type: "url", maxlength: 2000, autocomplete: "off" }}
      />
      <TextField
        label={copy.mcp.header}
        hint={copy.mcp.headerHint}
        value={name()}
        onInput={setName}
        error={fieldError(look.error, "headers")}
        inputProps={{ autocomplete: "off", spellcheck: false }}
      />
      <Show when={name().trim() !== ""}>
        <TextField
          label={copy.mcp.value}
          hint={copy.mcp.valueHint}
          value={value()}
          onInput={setValue}
          required
          inputProps={{ type: "password", autocomplete: "new-password" }}
        />
      </Show>
      <Show when={look.isError}>
        <ErrorPanel title={copy.mcp.lookFailed} error={look.error} />
      </Show>
      <DialogActions>
        <Button onClick={() => props.onClose()}>{common.actions.cancel}</Button>
        <Button look="primary" type="submit" busy={look.isPending}>
          {copy.mcp.look}
        </Button>
      </DialogActions>
    </form>
  );
}

function PickTools(props: {
  server: Server;
  preview: RemotePreview;
  botId: string;
  list: ToolList;
  onBack: () => void;
  onAdded: () => void;
}) {
  const [title, setTitle] = createSignal(URL.parse(props.server.url)?.hostname ?? "");
  const [picked, setPicked] = createSignal<string[]>([]);
  const add = useAddTool(
    () => props.botId,
    () => props.list.use,
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (add.isPending) return;
    const tools = picked().map((remoteName) => {
      return { remoteName, name: freeName(remoteName, props.list.tools) };
    });
    const setting = { kind: "mcp" as const, title: title(), tools, ...props.server };
    add.mutate({ setting }, { onSuccess: () => props.onAdded() });
  };
  return (
    <form class={page.form} onSubmit={submit}>
      <TextField
        label={copy.mcp.name}
        value={title()}
        onInput={setTitle}
        error={fieldError(add.error, "setting.title")}
        required
        inputProps={{ maxlength: 100, autocomplete: "off" }}
      />
      <Picks
        legend={copy.mcp.tools(picked().length)}
        none={copy.mcp.none}
        picks={props.preview.tools.map(({ remoteName, description, refusal }) => ({
          id: remoteName,
          label: remoteName,
          about: description,
          refusal,
        }))}
        picked={picked()}
        onChange={setPicked}
      />
      <Show when={add.isError}>
        <ErrorPanel title={copy.mcp.failed} error={add.error} />
      </Show>
      <DialogActions>
        <Button onClick={() => props.onBack()}>{copy.mcp.back}</Button>
        <Button look="primary" type="submit" busy={add.isPending} disabled={picked().length === 0}>
          {copy.mcp.add}
        </Button>
      </DialogActions>
    </form>
  );
}
