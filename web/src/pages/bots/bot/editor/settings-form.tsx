import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import type { Bot } from "~/api/bots.ts";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import { useMe } from "~/api/me.ts";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { announce } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { Checkbox } from "~/ui/checkbox.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Select } from "~/ui/select.tsx";
import { Switch } from "~/ui/switch.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy as botsCopy } from "../../copy.ts";
import { useCurrentBot } from "../bot-context.ts";
import { copy } from "./copy.ts";
import { type Draft, toEdit } from "./draft.ts";
import styles from "./editor.module.css";
import { LeaveGuard } from "./leave-guard.tsx";

export function SettingsForm(props: { draft: Draft }) {
  const bot = useCurrentBot();
  const me = useMe();
  const client = useQueryClient();
  const fields = () => props.draft.fields;
  const save = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].$patch({
          param: { botId: bot().botId },
          json: toEdit(props.draft.fields),
        }),
      ),
    onSuccess: (saved: Bot) => {
      client.setQueryData(names.bot(saved.botId), saved);
      void client.invalidateQueries({ queryKey: names.bots });
      // Its prerequisites follow the model.
      void client.invalidateQueries({ queryKey: names.publication(saved.botId) });
      props.draft.reset(saved);
      announce(copy.saved);
    },
  }));
  let form: HTMLFormElement | undefined;
  props.draft.saveBy(async () => {
    if (!form?.reportValidity() || save.isPending) return false;
    return save.mutateAsync().then(
      () => true,
      () => false,
    );
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!save.isPending && props.draft.isDirty()) save.mutate();
  };
  const error = (path: string) => fieldError(save.error, path);
  const isFieldError = () => save.error !== null && formPaths.some((path) => error(path));
  const models = () => {
    const known = me.data?.models ?? [];
    const options = known.map(({ name, title }) => ({ value: name, label: title }));
    const isKnown = options.some(({ value }) => value === fields().model);
    return isKnown ? options : [...options, { value: fields().model, label: fields().model }];
  };
  const further = () => models().filter(({ value }) => value !== fields().model);

  return (
    <form
      class={styles.column}
      ref={(element) => {
        form = element;
      }}
      onSubmit={submit}
      data-unsaved={props.draft.isDirty() ? "" : undefined}
    >
      <LeaveGuard when={props.draft.isDirty() && !save.isPending} />
      <Card title={copy.behaviour} hint={copy.behaviourHint}>
        <div class={page.form}>
          <TextField
            label={botsCopy.fields.title}
            value={fields().title}
            onInput={(value) => props.draft.set("title", value)}
            error={error("title")}
            required
            inputProps={{ maxlength: 100, autocomplete: "off" }}
          />
          <TextField
            label={botsCopy.fields.description}
            hint={botsCopy.fields.descriptionHint}
            value={fields().description}
            onInput={(value) => props.draft.set("description", value)}
            error={error("description")}
            inputProps={{ maxlength: 1000, autocomplete: "off" }}
          />
          <TextField
            label={botsCopy.fields.instruction}
            hint={botsCopy.fields.instructionHint}
            value={fields().instruction}
            onInput={(value) => props.draft.set("instruction", value)}
            error={error("instruction")}
            multiline
            rows={8}
          />
        </div>
      </Card>
      <Card title={copy.model} hint={copy.modelHint}>
        <div class={page.form}>
          <Select
            label={botsCopy.fields.model}
            options={models()}
            value={fields().model}
            onChange={(value) => {
              props.draft.set("model", value);
              props.draft.set(
                "callerModels",
                fields().callerModels.filter((name) => name !== value),
              );
            }}
            error={error("model")}
          />
          <Show when={further().length > 0}>
            <fieldset class={styles.group}>
              <legend class={styles.legend}>{botsCopy.fields.callerModels}</legend>
              <For each={further()}>
                {(model) => (
                  <Checkbox
                    label={model.label}
                    checked={fields().callerModels.includes(model.value)}
                    onChange={(checked) =>
                      props.draft.set(
                        "callerModels",
                        checked
                          ? [...fields().callerModels, model.value]
                          : fields().callerModels.filter((name) => name !== model.value),
                      )
                    }
                  />
                )}
              </For>
            </fieldset>
          </Show>
          <div class={page.pair}>
            <TextField
              label={botsCopy.fields.maxTokens}
              hint={botsCopy.fields.maxTokensHint}
              value={fields().maxTokens}
              onInput={(value) => props.draft.set("maxTokens", value)}
              error={error("generation.maxTokens")}
              required
              inputProps={{ type: "number", min: 1, max: 64000, step: 1 }}
            />
            <TextField
              label={botsCopy.fields.temperature}
              hint={botsCopy.fields.temperatureHint}
              value={fields().temperature}
              onInput={(value) => props.draft.set("temperature", value)}
              error={error("generation.temperature")}
              inputProps={{ type: "number", min: 0, max: 1, step: 0.05 }}
            />
            <TextField
              label={botsCopy.fields.topP}
              hint={botsCopy.fields.topPHint}
              value={fields().topP}
              onInput={(value) => props.draft.set("topP", value)}
              error={error("generation.topP")}
              inputProps={{ type: "number", min: 0, max: 1, step: 0.05 }}
            />
          </div>
          <TextField
            label={botsCopy.fields.stopSequences}
            hint={botsCopy.fields.stopSequencesHint}
            value={fields().stopSequences}
            onInput={(value) => props.draft.set("stopSequences", value)}
            error={error("generation.stopSequences")}
            multiline
            mono
            rows={2}
          />
          <Switch
            label={botsCopy.fields.showSources}
            hint={botsCopy.fields.showSourcesHint}
            checked={fields().showSources}
            onChange={(value) => props.draft.set("showSources", value)}
          />
        </div>
      </Card>
      <Show when={save.isError && !isFieldError()}>
        <ErrorPanel title={copy.saveFailed} error={save.error} />
      </Show>
      <Show when={props.draft.isDirty()}>
        <div class={styles.save}>
          <strong>{copy.unsaved}</strong>
          <span class={page.row}>
            <Button
              onClick={() => {
                save.reset();
                props.draft.reset();
              }}
            >
              {common.actions.discard}
            </Button>
            <Button look="primary" type="submit" busy={save.isPending}>
              {copy.save}
            </Button>
          </span>
        </div>
      </Show>
    </form>
  );
}

const formPaths = ["title", "description", "instruction", "model", "generation", "callerModels"];
