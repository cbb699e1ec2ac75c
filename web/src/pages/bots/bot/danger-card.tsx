import { createSignal, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { useCurrentBot } from "./bot-context.ts";
import { copy } from "./copy.ts";

interface Act {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  mutate: (typed: string) => void;
  reset: () => void;
}

interface Props {
  heading: string;
  /** What ends, for good. */
  consequence: string;
  action: string;
  question: string;
  failed: string;
  disabled?: boolean;
  act: Act;
}

/** What cannot be undone: done only once the bot's title has been typed. */
export function DangerCard(props: Props) {
  const bot = useCurrentBot();
  const [open, setOpen] = createSignal(false);
  const [typed, setTyped] = createSignal("");
  const isConfirmed = () => typed() === bot().title;
  const close = () => {
    setOpen(false);
    setTyped("");
    props.act.reset();
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!props.act.isPending && isConfirmed()) props.act.mutate(typed());
  };
  return (
    <Card title={props.heading} hint={props.consequence} tone="danger">
      <div>
        <Button look="danger-quiet" disabled={props.disabled} onClick={() => setOpen(true)}>
          {props.action}
        </Button>
      </div>
      <Dialog open={open()} onClose={close} title={props.question} description={props.consequence}>
        <form class={page.form} onSubmit={submit}>
          <TextField
            label={copy.typeTitle(bot().title)}
            value={typed()}
            onInput={setTyped}
            inputProps={{ autocomplete: "off" }}
          />
          <Show when={props.act.isError}>
            <ErrorPanel title={props.failed} error={props.act.error} />
          </Show>
          <DialogActions>
            <Button onClick={close}>{common.actions.cancel}</Button>
            <Button
              look="danger"
              type="submit"
              busy={props.act.isPending}
              disabled={!isConfirmed()}
            >
              {props.action}
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </Card>
  );
}
