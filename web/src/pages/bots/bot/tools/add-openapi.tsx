import { useMutation } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import field from "~/ui/field.module.css";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import {
  CredentialFields,
  type Draft,
  emptyCredential,
  toCredential,
} from "./credential-fields.tsx";
import { Picks } from "./picks.tsx";
import { type Preview, type ToolList, useAddTool } from "./queries.ts";
import { freeName } from "./tool-parts.ts";

interface Props {
  open: boolean;
  onClose: () => void;
  botId: string;
  list: ToolList;
}

interface Source {
  document?: string;
  documentUrl?: string;
}

/** First the document, then what of it. */
export function AddOpenApi(props: Props) {
  const [found, setFound] = createSignal<{ source: Source; preview: Preview }>();
  const close = () => {
    setFound(undefined);
    props.onClose();
  };
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={copy.http.title}
      description={copy.http.description}
    >
      <Show
        when={found()}
        fallback={
          <ReadDocument
            botId={props.botId}
            onClose={close}
            onRead={(source, preview) => setFound({ source, preview })}
          />
        }
      >
        {(it) => (
          <PickOperations
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

function ReadDocument(props: {
  botId: string;
  onClose: () => void;
  onRead: (source: Source, preview: Preview) => void;
}) {
  const [url, setUrl] = createSignal("");
  const [file, setFile] = createSignal<File>();
  const look = useMutation(() => ({
    mutationFn: async () => {
      const chosen = file();
      const source = chosen ? { document: await chosen.text() } : { documentUrl: url() };
      const param = { botId: props.botId };
      const preview = await read(api.bots[":botId"].tools.openapi.$post({ param, json: source }));
      return { source, preview };
    },
    onSuccess: ({ source, preview }) => props.onRead(source, preview),
  }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!look.isPending) look.mutate();
  };
  return (
    <form class={page.form} onSubmit={submit}>
      <TextField
        label={copy.http.url}
        hint={copy.http.urlHint}
        value={url()}
        onInput={setUrl}
        error={fieldError(look.error, "documentUrl")}
        required={file() === undefined}
        inputProps={{ type: "url", maxlength: 2000, autocomplete: "off" }}
      />
      <label class={field.field}>
        <span class={field.label}>{copy.http.file}</span>
        <input
          type="file"
          class={field.input}
          accept=".json,.yaml,.yml,application/json,application/yaml"
          onChange={(event) => setFile(event.currentTarget.files?.[0])}
        />
      </label>
      <Show when={look.isError && !fieldError(look.error, "documentUrl")}>
        <ErrorPanel title={copy.http.readFailed} error={look.error} />
      </Show>
      <DialogActions>
        <Button onClick={() => props.onClose()}>{common.actions.cancel}</Button>
        <Button look="primary" type="submit" busy={look.isPending}>
          {copy.http.read}
        </Button>
      </DialogActions>
    </form>
  );
}

function PickOperations(props: {
  source: Source;
  preview: Preview;
  botId: string;
  list: ToolList;
  onBack: () => void;
  onAdded: () => void;
}) {
  const [title, setTitle] = createSignal(props.preview.title);
  const [baseUrl, setBaseUrl] = createSignal(props.preview.servers[0] ?? "");
  const [picked, setPicked] = createSignal<string[]>([]);
  const [credential, setCredential] = createSignal<Draft>(
    emptyCredential(props.preview.schemes[0]),
  );
  const add = useAddTool(
    () => props.botId,
    () => props.list.use,
  );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (add.isPending) return;
    const nameOf = new Map(props.preview.operations.map(({ key, name }) => [key, name]));
    const operations = picked().map((key) => {
      return { key, name: freeName(nameOf.get(key) ?? key, props.list.tools) };
    });
    const setting = {
      kind: "http" as const,
      title: title(),
      baseUrl: baseUrl(),
      credential: toCredential(credential()),
      operations,
      ...props.source,
    };
    add.mutate({ setting }, { onSuccess: () => props.onAdded() });
  };
  return (
    <form class={page.form} onSubmit={submit}>
      <TextField
        label={copy.http.name}
        value={title()}
        onInput={setTitle}
        error={fieldError(add.error, "setting.title")}
        required
        inputProps={{ maxlength: 100, autocomplete: "off" }}
      />
      <TextField
        label={copy.http.baseUrl}
        hint={copy.http.baseUrlHint}
        value={baseUrl()}
        onInput={setBaseUrl}
        error={fieldError(add.error, "setting.baseUrl")}
        required
        inputProps={{ type: "url", maxlength: 2000, autocomplete: "off" }}
      />
      <Picks
        legend={copy.http.operations(picked().length)}
        none={copy.http.none}
        picks={props.preview.operations.map(({ key, description, refusal }) => ({
          id: key,
          label: key,
          about: description,
          refusal,
        }))}
        picked={picked()}
        onChange={setPicked}
      />
      <CredentialFields draft={credential()} onChange={setCredential} error={add.error} />
      <Show when={add.isError}>
        <ErrorPanel title={copy.http.failed} error={add.error} />
      </Show>
      <DialogActions>
        <Button onClick={() => props.onBack()}>{copy.http.back}</Button>
        <Button look="primary" type="submit" busy={add.isPending} disabled={picked().length === 0}>
          {copy.http.add}
        </Button>
      </DialogActions>
    </form>
  );
}
