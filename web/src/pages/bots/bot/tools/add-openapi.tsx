import { useMutation } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
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
import { TwoSteps } from "./two-steps.tsx";

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
export const AddOpenApi = (props: Props) => (
  <TwoSteps<{ source: Source; preview: Preview }>
    open={props.open}
    onClose={() => props.onClose()}
    title={copy.http.title}
    description={copy.http.description}
    look={(onRead, onClose) => (
      <ReadDocument botId={props.botId} onClose={onClose} onRead={onRead} />
    )}
    pick={(found, onBack, onAdded) => (
      <PickOperations
        {...found}
        botId={props.botId}
        list={props.list}
        onBack={onBack}
        onAdded={onAdded}
      />
    )}
  />
);

function ReadDocument(props: {
  botId: string;
  onClose: () => void;
  onRead: (found: { source: Source; preview: Preview }) => void;
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
    onSuccess: (found) => props.onRead(found),
  }));
  const submit = () => look.mutate();
  return (
    <DialogForm
      act={look}
      onSubmit={submit}
      submit={copy.http.read}
      failed={copy.http.readFailed}
      onBack={() => props.onClose()}
      isBesideField={fieldError(look.error, "documentUrl") !== undefined}
    >
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
    </DialogForm>
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
  const submit = () => {
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
    <DialogForm
      act={add}
      onSubmit={submit}
      submit={copy.http.add}
      failed={copy.http.failed}
      onBack={() => props.onBack()}
      back={copy.http.back}
      disabled={picked().length === 0}
    >
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
    </DialogForm>
  );
}
