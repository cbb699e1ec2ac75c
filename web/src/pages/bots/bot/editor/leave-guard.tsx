import { type BeforeLeaveEventArgs, useBeforeLeave } from "@solidjs/router";
import { createSignal, onCleanup, onMount } from "solid-js";
import { ConfirmDialog } from "~/ui/confirm-dialog.tsx";
import { copy } from "./copy.ts";

/**
 * What is not saved is not lost by a click on a link, or on the browser's own buttons. Where the
 * console itself is left the browser asks, in its own words: no page can ask there.
 */
export function LeaveGuard(props: { when: boolean }) {
  const [leaving, setLeaving] = createSignal<BeforeLeaveEventArgs>();
  useBeforeLeave((event) => {
    if (event.defaultPrevented || !props.when) return;
    event.preventDefault();
    setLeaving(event);
  });
  const beforeUnload = (event: BeforeUnloadEvent) => {
    if (props.when) event.preventDefault();
  };
  onMount(() => window.addEventListener("beforeunload", beforeUnload));
  onCleanup(() => window.removeEventListener("beforeunload", beforeUnload));
  return (
    <ConfirmDialog
      danger
      open={leaving() !== undefined}
      onClose={() => setLeaving(undefined)}
      title={copy.leave}
      consequence={copy.leaveText}
      action={copy.leaveAction}
      back={copy.stay}
      onConfirm={() => {
        const event = leaving();
        setLeaving(undefined);
        event?.retry(true);
      }}
    />
  );
}
