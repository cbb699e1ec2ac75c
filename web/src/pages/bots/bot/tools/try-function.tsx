import { useMutation } from "@tanstack/solid-query";
import { createSignal, For, Match, Show, Switch } from "solid-js";
import { api, read } from "~/api/client.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Select } from "~/ui/select.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import type { Exchange } from "./queries.ts";
import { type Field, fieldsOf, inputOf } from "./schema-form.ts";
import type { Callable } from "./tool-parts.ts";

/** Calls a function with an input by hand, and shows what was sent and what came back. */
export function TryFunction(props: {
  botId: string;
  toolId: string;
  callable: Callable;
  onClose: () => void;
}) {
  const fields = () => fieldsOf(props.callable.inputSchema);
  const [typed, setTyped] = createSignal<ReadonlyMap<string, string>>(new Map());
  const [bad, setBad] = createSignal<string[]>([]);
  const call = useMutation(() => ({
    mutationFn: (input: Record<string, unknown>) =>
      read(
        api.bots[":botId"].tools[":toolId"].test.$post({
          param: { botId: props.botId, toolId: props.toolId },
          json: { name: props.callable.name, input },
        }),
      ),
  }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const made = inputOf(fields(), typed());
    setBad(made.bad);
    if (made.bad.length === 0 && !call.isPending) call.mutate(made.input);
  };
  return (
    <Dialog
      open
      onClose={() => props.onClose()}
      title={copy.try.title(props.callable.name)}
      description={copy.try.description}
    >
      <form class={page.form} onSubmit={submit}>
        <For each={fields()}>
          {(field) => (
            <InputField
              field={field}
              value={typed().get(field.name) ?? ""}
              onInput={(value) => setTyped(new Map(typed()).set(field.name, value))}
              error={bad().includes(field.name) ? copy.try.badJson : undefined}
            />
          )}
        </For>
        <Show when={call.isError}>
          <ErrorPanel title={copy.try.failed} error={call.error} />
        </Show>
        <Show when={call.data}>{(exchange) => <Result exchange={exchange()} />}</Show>
        <DialogActions>
          <Button onClick={() => props.onClose()}>{copy.try.close}</Button>
          <Button look="primary" type="submit" busy={call.isPending}>
            {copy.try.call}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function InputField(props: {
  field: Field;
  value: string;
  onInput: (value: string) => void;
  error: string | undefined;
}) {
  const choices = () => {
    const given =
      props.field.kind === "truth"
        ? [
            { value: "true", label: copy.try.yes },
            { value: "false", label: copy.try.no },
          ]
        : props.field.choices.map((value) => ({ value, label: value }));
    return [{ value: "", label: copy.try.unset }, ...given];
  };
  return (
    <Switch
      fallback={
        <TextField
          label={props.field.name}
          hint={props.field.hint || (props.field.kind === "json" ? copy.try.jsonHint : undefined)}
          value={props.value}
          onInput={props.onInput}
          error={props.error}
          required={props.field.required}
          multiline={props.field.kind === "json"}
          mono={props.field.kind === "json"}
          rows={3}
          inputProps={{
            type: props.field.kind === "number" ? "number" : "text",
            autocomplete: "off",
            ...(props.field.kind === "number" && { step: "any" }),
          }}
        />
      }
    >
      <Match when={props.field.kind === "choice" || props.field.kind === "truth"}>
        <Select
          label={props.field.name}
          hint={props.field.hint || undefined}
          options={choices()}
          value={props.value}
          onChange={props.onInput}
        />
      </Match>
    </Switch>
  );
}

function Result(props: { exchange: Exchange }) {
  const isGood = () => props.exchange.outcome === "ok";
  const status = () => (props.exchange.status === null ? "" : ` (${props.exchange.status})`);
  const request = () => {
    const { method, url, headers, body } = props.exchange.request;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return [`${method} ${url}`, ...lines, ...(body === null ? [] : ["", body])].join("\n");
  };
  return (
    <Notice
      tone={isGood() ? "good" : "bad"}
      live
      title={(isGood() ? copy.try.good : copy.try.bad) + status()}
    >
      <p>{copy.try.took(props.exchange.ms)}</p>
      <CodeBlock code={request()} label={copy.try.request} copyLabel={copy.try.copyRequest} wrap />
      <CodeBlock
        code={props.exchange.content}
        label={copy.try.answer}
        copyLabel={copy.try.copyAnswer}
        wrap
      />
    </Notice>
  );
}
