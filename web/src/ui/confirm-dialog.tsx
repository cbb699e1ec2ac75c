import { type JSX, Show } from "solid-js";
import { copy as common } from "~/copy.ts";
import { Button } from "./button.tsx";
import { Dialog, DialogActions } from "./dialog.tsx";
import { ErrorPanel } from "./error-panel.tsx";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What follows from it. */
  consequence: JSX.Element;
  /** Verb and object. */
  action: string;
  onConfirm: () => void;
  /** Where the way back is no mere "Cancel". */
  back?: string;
  /** Something goes for good. */
  danger?: boolean;
  busy?: boolean;
  error?: unknown;
  /** Of the error: "The key was not deleted". */
  failed?: string;
}

/** Asks before something is done that others notice, or that cannot be undone. */
export const ConfirmDialog = (props: Props) => (
  <Dialog
    open={props.open}
    onClose={() => props.onClose()}
    title={props.title}
    description={props.consequence}
  >
    <Show when={props.error}>
      {(error) => <ErrorPanel title={props.failed ?? ""} error={error()} />}
    </Show>
    <DialogActions>
      <Button onClick={() => props.onClose()}>{props.back ?? common.actions.cancel}</Button>
      <Button
        look={props.danger ? "danger" : "primary"}
        busy={props.busy ?? false}
        onClick={() => props.onConfirm()}
      >
        {props.action}
      </Button>
    </DialogActions>
  </Dialog>
);
