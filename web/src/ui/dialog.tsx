import * as Kobalte from "@kobalte/core/dialog";
import { createComputed, type JSX, Show, untrack } from "solid-js";
import styles from "./dialog.module.css";

interface Props {
  open: boolean;
  onClose: () => void;
  title: JSX.Element;
  description?: JSX.Element;
  /** Stays open until its own buttons close it: what it shows cannot be had again. */
  sticky?: boolean;
  children: JSX.Element;
}

export function Dialog(props: Props) {
  let opener: HTMLElement | null = null;
  createComputed(() => {
    if (props.open) opener = untrack(focused);
  });
  const giveBack = (event: Event) => {
    // Somebody has gone on already: what has the focus by now keeps it.
    if (event.defaultPrevented) return;
    event.preventDefault();
    // One dialog has led to another, which has the focus.
    if (document.querySelector("[role=dialog][data-expanded]")) return;
    const target = opener?.isConnected ? opener : document.getElementById("main");
    target?.focus();
  };
  const hold = (event: Event) => {
    if (props.sticky) event.preventDefault();
  };
  return (
    <Kobalte.Root
      open={props.open}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <Kobalte.Portal>
        <Kobalte.Overlay class={styles.overlay} />
        <div class={styles.place}>
          <Kobalte.Content
            class={styles.content}
            onPointerDownOutside={hold}
            onInteractOutside={hold}
            onEscapeKeyDown={hold}
            onCloseAutoFocus={giveBack}
          >
            <div>
              <Kobalte.Title as="h2">{props.title}</Kobalte.Title>
              <Show when={props.description}>
                <Kobalte.Description class={styles.description}>
                  {props.description}
                </Kobalte.Description>
              </Show>
            </div>
            {props.children}
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte.Root>
  );
}

/** What has the focus now; of a menu, which is about to go, the button that opened it. */
function focused(): HTMLElement | null {
  const element = document.activeElement;
  const menu = element?.closest("[role=menu]");
  const trigger = menu?.getAttribute("aria-labelledby");
  if (trigger) return document.getElementById(trigger);
  return element instanceof HTMLElement ? element : null;
}

export const DialogActions = (props: { children: JSX.Element }) => (
  <div class={styles.actions}>{props.children}</div>
);
