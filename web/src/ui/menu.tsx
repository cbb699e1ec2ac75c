import * as Kobalte from "@kobalte/core/dropdown-menu";
import { createSignal, For, type JSX, Show, untrack } from "solid-js";
import { buttonClass, type Look } from "./button.tsx";
import list from "./floating-list.module.css";
import { Icon } from "./icon.tsx";
import styles from "./menu.module.css";
import { keepTypedAhead } from "./typed-ahead.ts";

interface MenuItem {
  label: string;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** Drawn with a tick: one of several that is in force. */
  chosen?: boolean;
}

interface Props {
  trigger: JSX.Element;
  /** Names the button where what it shows does not. */
  label?: string;
  look?: Look;
  head?: JSX.Element;
  /** For one that is loaded because somebody has asked for it. */
  defaultOpen?: boolean;
  groups: MenuItem[][];
}

export function Menu(props: Props) {
  const [open, setOpen] = createSignal(untrack(() => props.defaultOpen ?? false));
  const choose = (item: MenuItem) => {
    item.onSelect();
    // At once, not in a timer: of a dialog that the choice opens, the next Escape is the dialog's.
    setOpen(false);
  };
  return (
    <Kobalte.Root
      gutter={4}
      placement="bottom-end"
      modal={false}
      open={open()}
      onOpenChange={setOpen}
    >
      <Kobalte.Trigger
        class={buttonClass}
        data-look={props.look ?? "secondary"}
        data-size="small"
        aria-label={props.label}
      >
        {props.trigger}
      </Kobalte.Trigger>
      <Kobalte.Portal>
        <Kobalte.Content class={`${list.content} ${styles.content}`} ref={keepTypedAhead}>
          <Show when={props.head}>
            <Kobalte.Group>
              <Kobalte.GroupLabel class={styles.head}>{props.head}</Kobalte.GroupLabel>
            </Kobalte.Group>
          </Show>
          <For each={props.groups}>
            {(group, index) => (
              <>
                <Show when={index() > 0}>
                  <Kobalte.Separator class={styles.line} />
                </Show>
                <For each={group}>
                  {(item) => (
                    <Kobalte.Item
                      class={`${list.item} ${styles.item}`}
                      data-danger={item.danger ? "" : undefined}
                      disabled={item.disabled}
                      closeOnSelect={false}
                      onSelect={() => choose(item)}
                    >
                      {item.label}
                      <Show when={item.chosen}>
                        <Icon name="check" />
                      </Show>
                    </Kobalte.Item>
                  )}
                </For>
              </>
            )}
          </For>
        </Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte.Root>
  );
}
