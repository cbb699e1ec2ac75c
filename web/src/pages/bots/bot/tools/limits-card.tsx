import { createSignal, Show } from "solid-js";
import { fieldError } from "~/api/field-error.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { Notice } from "~/ui/notice.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import { type Use, useSetUse } from "./queries.ts";

/** How much of tools one answer may take. */
export function LimitsCard(props: { botId: string; use: Use }) {
  const [rounds, setRounds] = createSignal<string>();
  const [seconds, setSeconds] = createSignal<string>();
  const save = useSetUse(() => props.botId);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (save.isPending) return;
    const roundsMax = Number(rounds() ?? props.use.roundsMax);
    save.mutate({ roundsMax, secondsMax: Number(seconds() ?? props.use.secondsMax) });
  };
  const isOfField = () =>
    fieldError(save.error, "tools.roundsMax") ?? fieldError(save.error, "tools.secondsMax");
  return (
    <Card title={copy.limits.title} hint={copy.limits.hint}>
      <form class={page.form} onSubmit={submit}>
        <div class={page.pair}>
          <TextField
            label={copy.limits.rounds}
            hint={copy.limits.roundsHint}
            value={rounds() ?? String(props.use.roundsMax)}
            onInput={setRounds}
            error={fieldError(save.error, "tools.roundsMax")}
            required
            inputProps={{ type: "number", min: 1, max: 20, step: 1 }}
          />
          <TextField
            label={copy.limits.seconds}
            hint={copy.limits.secondsHint}
            value={seconds() ?? String(props.use.secondsMax)}
            onInput={setSeconds}
            error={fieldError(save.error, "tools.secondsMax")}
            required
            inputProps={{ type: "number", min: 1, max: 600, step: 1 }}
          />
        </div>
        <Show when={save.isError && !isOfField()}>
          <ErrorPanel title={copy.limits.failed} error={save.error} />
        </Show>
        <div class={page.row}>
          <Button type="submit" busy={save.isPending}>
            {copy.limits.save}
          </Button>
          <Show when={save.isSuccess}>
            <Notice tone="good" live title={copy.limits.saved} />
          </Show>
        </div>
      </form>
    </Card>
  );
}
