import { useMutation } from "@tanstack/solid-query";
import { createMemo, type JSX } from "solid-js";
import { announce } from "~/ui/announcer.tsx";
import { ConfirmDialog } from "~/ui/confirm-dialog.tsx";

interface Props<Of, Answer> {
  /** What it is asked about; nothing while the dialog is closed. */
  of: Of | undefined;
  onClose: () => void;
  title: (of: Of) => string;
  /** What follows from it. */
  consequence: JSX.Element;
  /** Verb and object. */
  action: string;
  act: (of: Of) => Promise<Answer>;
  /** Before the dialog closes. */
  onDone?: (answer: Answer, of: Of) => unknown;
  /** What a screen reader says once it is done. */
  done?: (answer: Answer, of: Of) => string;
  /** "The key was not deleted". */
  failed: string;
}

/** Asks before something goes for good, does it, and stays open with the error where that fails. */
export function ConfirmAct<Of, Answer>(props: Props<Of, Answer>) {
  const act = useMutation(() => ({
    mutationFn: (of: Of) => props.act(of),
    onSuccess: async (answer: Answer, of: Of) => {
      await props.onDone?.(answer, of);
      close();
      if (props.done) announce(props.done(answer, of));
    },
  }));
  const close = () => {
    act.reset();
    props.onClose();
  };
  // The title stays while the dialog fades.
  const title = createMemo<string>(
    (last) => (props.of === undefined ? last : props.title(props.of)),
    "",
  );
  return (
    <ConfirmDialog
      danger
      open={props.of !== undefined}
      onClose={close}
      title={title()}
      consequence={props.consequence}
      action={props.action}
      busy={act.isPending}
      error={act.error}
      failed={props.failed}
      onConfirm={() => {
        if (props.of !== undefined) act.mutate(props.of);
      }}
    />
  );
}
