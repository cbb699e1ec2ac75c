import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import page from "~/page-parts/page.module.css";
import { Dialog } from "~/ui/dialog.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import {
  draftsOf,
  EditOperations,
  type OperationDraft,
  operationInputOf,
} from "./edit-operations.tsx";
import {
  type HttpSetting,
  type McpSetting,
  refreshed,
  type Tool,
  type ToolInput,
} from "./queries.ts";
import { titleOf } from "./tool-parts.ts";

/** What a tool may reach and how much of it, and a new secret in the place of the old one. */
export function EditTool(props: { botId: string; tool: Tool; onClose: () => void }) {
  const { setting, limits } = props.tool;
  const [hosts, setHosts] = createSignal("hosts" in setting ? setting.hosts.join("\n") : "");
  const [seconds, setSeconds] = createSignal(String(limits.timeMs / 1_000));
  const [calls, setCalls] = createSignal(String(limits.callsMax));
  const [size, setSize] = createSignal(String(limits.sizeMax));
  const [secret, setSecret] = createSignal("");
  const [drafts, setDrafts] = createSignal(setting.kind === "http" ? draftsOf(setting) : []);
  const setDraft = (at: number, change: Partial<OperationDraft>) =>
    setDrafts((all) => all.map((one, i) => (i === at ? { ...one, ...change } : one)));
  const client = useQueryClient();
  const save = useMutation(() => ({
    mutationFn: () => {
      const listed = hosts()
        .split(/[\s,]+/)
        .filter((host) => host !== "");
      const json: ToolInput = {
        setting: changed(props.tool, { hosts: listed, secret: secret(), drafts: drafts() }),
        limits: {
          timeMs: Math.round(Number(seconds()) * 1_000),
          callsMax: Number(calls()),
          sizeMax: Number(size()),
        },
      };
      const param = { botId: props.botId, toolId: props.tool.toolId };
      return read(api.bots[":botId"].tools[":toolId"].$put({ param, json }));
    },
    onSuccess: async () => {
      await refreshed(client, props.botId);
      props.onClose();
    },
  }));
  const submit = () => save.mutate();
  return (
    <Dialog
      open
      onClose={() => props.onClose()}
      title={copy.edit.title(titleOf(props.tool))}
      description={copy.edit.description}
    >
      <DialogForm
        act={save}
        onSubmit={submit}
        submit={copy.edit.save}
        failed={copy.edit.failed}
        onBack={() => props.onClose()}
      >
        <TextField
          label={copy.edit.hosts}
          hint={copy.edit.hostsHint}
          value={hosts()}
          onInput={setHosts}
          error={fieldError(save.error, "setting.hosts")}
          multiline
          mono
          rows={3}
          required
        />
        <div class={page.pair}>
          <TextField
            label={copy.edit.seconds}
            value={seconds()}
            onInput={setSeconds}
            error={fieldError(save.error, "limits.timeMs")}
            required
            inputProps={{ type: "number", min: 0.1, max: 60, step: 0.1 }}
          />
          <TextField
            label={copy.edit.calls}
            value={calls()}
            onInput={setCalls}
            error={fieldError(save.error, "limits.callsMax")}
            required
            inputProps={{ type: "number", min: 1, max: 50, step: 1 }}
          />
          <TextField
            label={copy.edit.size}
            value={size()}
            onInput={setSize}
            error={fieldError(save.error, "limits.sizeMax")}
            required
            inputProps={{ type: "number", min: 100, max: 50_000, step: 1 }}
          />
        </div>
        <EditOperations drafts={drafts()} onChange={setDraft} error={save.error} />
        <Show when={secretNameOf(props.tool)}>
          {(name) => (
            <TextField
              label={name() === "credential" ? copy.edit.secret : copy.edit.secretOf(name())}
              hint={copy.edit.secretHint}
              value={secret()}
              onInput={setSecret}
              error={
                fieldError(save.error, "setting.credential.value") ??
                fieldError(save.error, "setting.headers[0].value")
              }
              inputProps={{ type: "password", autocomplete: "new-password" }}
            />
          )}
        </Show>
      </DialogForm>
    </Dialog>
  );
}

/** What the secret is called that can be written anew. */
function secretNameOf({ setting }: Tool): string | undefined {
  if (setting.kind === "http") return setting.credential ? "credential" : undefined;
  return setting.kind === "mcp" ? setting.headers[0]?.name : undefined;
}

interface Change {
  hosts: string[];
  secret: string;
  drafts: OperationDraft[];
}

function changed({ setting }: Tool, change: Change): ToolInput["setting"] {
  if (setting.kind === "http") return httpInput(setting, change);
  if (setting.kind === "mcp") return mcpInput(setting, change);
  return setting;
}

const said = (secret: string) => (secret === "" ? {} : { value: secret });

function httpInput(
  { title, baseUrl, credential }: HttpSetting,
  { hosts, secret, drafts }: Change,
): ToolInput["setting"] {
  return {
    kind: "http",
    title,
    baseUrl,
    hosts,
    credential: credential && credentialInput(credential, secret),
    operations: drafts.map(operationInputOf),
  };
}

function credentialInput(
  { kind, name, username }: NonNullable<HttpSetting["credential"]>,
  secret: string,
) {
  if (kind === "bearer") return { kind, ...said(secret) };
  if (kind === "basic") return { kind, username: username ?? "", ...said(secret) };
  return { kind, name: name ?? "", ...said(secret) };
}

const mcpInput = (
  { title, url, headers, tools }: McpSetting,
  { hosts, secret }: Change,
): ToolInput["setting"] => ({
  kind: "mcp",
  title,
  url,
  hosts,
  headers: headers.map(({ name }, i) => ({ name, ...(i === 0 && said(secret)) })),
  tools: tools.map(({ remoteName, name }) => ({ remoteName, name })),
});
