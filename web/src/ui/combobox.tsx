import * as Kobalte from "@kobalte/core/combobox";
import { type JSX, Show } from "solid-js";
import styles from "./combobox.module.css";
import field from "./field.module.css";
import list from "./floating-list.module.css";
import { Icon } from "./icon.tsx";
import select from "./select.module.css";

interface Props {
  label: JSX.Element;
  hint?: JSX.Element;
  options: string[];
  value: string;
  onChange: (value: string) => void;
  /** Names the button that opens the list. */
  openLabel: string;
}

/** One of so many that typing a part of it is quicker than looking for it. */
export function Combobox(props: Props) {
  return (
    <Kobalte.Root<string>
      options={props.options}
      value={props.value}
      onChange={(value) => {
        // Emptied while something else is typed: what was chosen stays until something is.
        if (value !== null) props.onChange(value);
      }}
      defaultFilter="contains"
      disallowEmptySelection
      gutter={4}
      sameWidth
      itemComponent={(item) => (
        <Kobalte.Item item={item.item} class={list.item}>
          <Kobalte.ItemLabel>{item.item.rawValue}</Kobalte.ItemLabel>
          <Kobalte.ItemIndicator class={select.icon}>
            <Icon name="check" />
          </Kobalte.ItemIndicator>
        </Kobalte.Item>
      )}
      class={field.field}
    >
      <Kobalte.Label class={field.label}>{props.label}</Kobalte.Label>
      <Kobalte.Control class={styles.control}>
        <Kobalte.Input class={`${field.input} ${styles.input}`} autocomplete="off" />
        <Kobalte.Trigger class={styles.trigger} aria-label={props.openLabel}>
          <Icon name="chevron" />
        </Kobalte.Trigger>
      </Kobalte.Control>
      <Show when={props.hint}>
        <Kobalte.Description class={field.hint}>{props.hint}</Kobalte.Description>
      </Show>
      <Kobalte.Portal>
        <Kobalte.Content
          class={`${list.content} ${select.content} ${styles.content}`}
          data-kb-top-layer=""
        >
          {/* The list itself scrolls: the input that stays focused moves through it. */}
          <Kobalte.Listbox class={styles.list} />
        </Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte.Root>
  );
}
