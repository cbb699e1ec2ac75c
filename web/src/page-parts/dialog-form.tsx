import { type JSX, Show } from "solid-js";
import { copy } from "~/copy.ts";
import { Button } from "~/ui/button.tsx";
import { DialogActions } from "~/ui/dialog.tsx";
import { ErrorPanel } from "~/ui/error-panel.tsx";
import page from "./page.module.css";

interface Props {
  /** What the form does: sent once at a time. */
  act: { isPending: boolean; isError: boolean; error: unknown };
  onSubmit: () => void;
  /** The button that does it, and what is said where that went wrong. */
  submit: string;
  failed: string;
  /** Whether there is not yet anything to send. */
  disabled?: boolean;
  /** Whether the error stands beside the field that it is about. */
  isBesideField?: boolean;
  onBack: () => void;
  /** The way back; *Cancel* where absent. */
  back?: string;
  children: JSX.Element;
}

/** The fields of a dialog, what went wrong with them, and its two ways out. */
export function DialogForm(props: Props) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!props.act.isPending) props.onSubmit();
  };
  return (
    <form class={page.form} onSubmit={submit}>
      {props.children}
      <Show when={props.act.isError && !props.isBesideField}>
        <ErrorPanel title={props.failed} error={props.act.error} />
      </Show>
      <DialogActions>
        <Button onClick={() => props.onBack()}>{props.back ?? copy.actions.cancel}</Button>
        <Button
          look="primary"
          type="submit"
          busy={props.act.isPending}
          disabled={props.disabled ?? false}
        >
          {props.submit}
        </Button>
      </DialogActions>
    </form>
  );
}
