import { useMutation } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import { Picks } from "./picks.tsx";
import { type RemotePreview, type ToolList, useAddTool } from "./queries.ts";
import { freeName } from "./tool-parts.ts";
import { TwoSteps } from "./two-steps.tsx";

interface Server {
  url: string;
  headers: { name: string; value: string }[];
}

/** First the server, then which of its tools. */
export const AddMcp = (props: {
  open: boolean;
  onClose: () => void;
  botId: string;
  list: ToolList;
}) => (
  <TwoSteps<{ server: Server; preview: RemotePreview }>
    open={props.open}
    onClose={() => props.onClose()}
    title={copy.mcp.title}
    description={copy.mcp.description}
    look={(onFound, onClose) => (
      <LookAtServer botId={props.botId} onClose={onClose} onFound={onFound} />
    )}
    pick={(found, onBack, onAdded) => (
      <PickTools
        {...found}
        botId={props.botId}
        list={props.list}
        onBack={onBack}
        onAdded={onAdded}
      />
    )}
  />
);

function LookAtServer(props: {
  botId: string;
  onClose: () => void;
  onFound: (found: { server: Server; preview: RemotePreview }) => void;
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
    onSuccess: (found) => props.onFound(found),
  }));
  const submit = () => look.mutate();
  return (
    <DialogForm
      act={look}
      onSubmit={submit}
      submit={copy.mcp.look}
      failed={copy.mcp.lookFailed}
      onBack={() => props.onClose()}
    >
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
    </DialogForm>
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
  const submit = () => {
    const tools = picked().map((remoteName) => {
      return { remoteName, name: freeName(remoteName, props.list.tools) };
    });
    const setting = { kind: "mcp" as const, title: title(), tools, ...props.server };
    add.mutate({ setting }, { onSuccess: () => props.onAdded() });
  };
  return (
    <DialogForm
      act={add}
      onSubmit={submit}
      submit={copy.mcp.add}
      failed={copy.mcp.failed}
      onBack={() => props.onBack()}
      back={copy.mcp.back}
      disabled={picked().length === 0}
    >
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
    </DialogForm>
  );
}
