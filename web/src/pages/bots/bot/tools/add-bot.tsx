import { useQuery } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import type { Bot } from "~/api/bots.ts";
import { fieldError } from "~/api/field-error.ts";
import { DialogForm } from "~/page-parts/dialog-form.tsx";
import { Async } from "~/ui/async.tsx";
import { Dialog } from "~/ui/dialog.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Select } from "~/ui/select.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import { type ToolList, useAddTool } from "./queries.ts";
import { freeName } from "./tool-parts.ts";

interface Props {
  open: boolean;
  onClose: () => void;
  botId: string;
  list: ToolList;
}

/** Another bot that the model may ask. */
export function AddBot(props: Props) {
  const bots = useQuery(() => ({
    queryKey: [...names.bots, "to-ask"],
    queryFn: () => read(api.bots.$get({ query: { of: "all", limit: "100" } })),
    enabled: props.open,
  }));
  const others = () =>
    (bots.data?.bots ?? []).filter(
      ({ botId, publicationStatus }) =>
        botId !== props.botId && (publicationStatus ?? "published") === "published",
    );
  return (
    <Dialog
      open={props.open}
      onClose={() => props.onClose()}
      title={copy.bot.title}
      description={copy.bot.description}
    >
      <Async query={bots} title={copy.bot.listFailed}>
        {() => (
          <Show
            when={others().length > 0}
            fallback={<EmptyState icon="plus" title={copy.bot.none} text={copy.bot.noneText} />}
          >
            <BotForm {...props} others={others()} />
          </Show>
        )}
      </Async>
    </Dialog>
  );
}

function BotForm(props: Props & { others: Bot[] }) {
  const [chosen, setChosen] = createSignal(props.others[0]?.botId ?? "");
  const [name, setName] = createSignal<string>();
  const [description, setDescription] = createSignal<string>();
  const bot = () => props.others.find(({ botId }) => botId === chosen());
  const nameNow = () => name() ?? freeName(`ask_${bot()?.title ?? ""}`, props.list.tools);
  const descriptionNow = () => description() ?? bot()?.description ?? "";
  const add = useAddTool(
    () => props.botId,
    () => props.list.use,
  );
  const submit = () => {
    const words = { name: nameNow(), description: descriptionNow() };
    const setting = { kind: "bot" as const, botId: chosen(), ...words };
    add.mutate({ setting }, { onSuccess: () => props.onClose() });
  };
  return (
    <DialogForm
      act={add}
      onSubmit={submit}
      submit={copy.bot.add}
      failed={copy.bot.failed}
      onBack={() => props.onClose()}
    >
      <Select
        label={copy.bot.which}
        options={props.others.map(({ botId, title }) => ({ value: botId, label: title }))}
        value={chosen()}
        onChange={setChosen}
        error={fieldError(add.error, "setting.botId")}
      />
      <TextField
        label={copy.bot.name}
        hint={copy.bot.nameHint}
        value={nameNow()}
        onInput={setName}
        error={fieldError(add.error, "setting.name")}
        required
        inputProps={{ maxlength: 64, pattern: "[a-zA-Z0-9_\\-]+", autocomplete: "off" }}
      />
      <TextField
        label={copy.bot.about}
        hint={copy.bot.aboutHint}
        value={descriptionNow()}
        onInput={setDescription}
        error={fieldError(add.error, "setting.description")}
        required
        multiline
        rows={3}
      />
    </DialogForm>
  );
}
