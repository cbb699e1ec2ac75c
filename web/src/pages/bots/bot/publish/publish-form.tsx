import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { ApiError } from "~/api/api-error.ts";
import { names } from "~/api/cache-names.ts";
import { api, read } from "~/api/client.ts";
import { fieldError } from "~/api/field-error.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { TextField } from "~/ui/text-field.tsx";
import type { Publication } from "../queries.ts";
import { copy } from "./copy.ts";
import { Cost } from "./cost.tsx";
import { LimitFields } from "./limit-fields.tsx";
import { createLimits } from "./limits.ts";

export function PublishForm(props: { publication: Publication }) {
  const client = useQueryClient();
  const draft = createLimits(props.publication);
  const [stage, setStage] = createSignal(props.publication.stage ?? "api");
  const unmet = () => props.publication.prerequisites.filter((p) => p.required && !p.met);
  const publish = useMutation(() => ({
    mutationFn: () =>
      read(
        api.bots[":botId"].publication.$post({
          param: { botId: props.publication.botId },
          json: { stage: stage(), ...draft.input() },
        }),
      ),
    onSuccess: (begun: Publication) => {
      client.setQueryData(names.publication(begun.botId), begun);
      void client.invalidateQueries({ queryKey: names.bot(begun.botId), refetchType: "none" });
      void client.invalidateQueries({ queryKey: names.bots });
    },
  }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!publish.isPending) publish.mutate();
  };
  const isFieldError = () =>
    publish.error instanceof ApiError &&
    ["stage", "throttle", "quota", "allowedOrigins", "retentionDays"].some((p) =>
      fieldError(publish.error, p),
    );
  return (
    <form class={page.form} onSubmit={submit}>
      <Card title={copy.settings} hint={copy.settingsHint}>
        <LimitFields draft={draft} error={publish.error} />
        <TextField
          label={copy.limits.stage}
          hint={copy.limits.stageHint}
          value={stage()}
          onInput={setStage}
          error={fieldError(publish.error, "stage")}
          required
          mono
          inputProps={{ maxlength: 128, pattern: "[A-Za-z0-9_\\-]{1,128}", autocomplete: "off" }}
        />
      </Card>
      <Cost limits={draft.fields} />
      <Show when={publish.isError && !isFieldError()}>
        <ErrorPanel title={copy.refused} error={publish.error} />
      </Show>
      <Show when={unmet().length > 0}>
        <Notice tone="warn" title={copy.blockedTitle}>
          <ul>
            {unmet().map((item) => (
              <li>{item.detail}</li>
            ))}
          </ul>
        </Notice>
      </Show>
      <div>
        <Button look="primary" type="submit" busy={publish.isPending} disabled={unmet().length > 0}>
          {copy.action}
        </Button>
      </div>
    </form>
  );
}
