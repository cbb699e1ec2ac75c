import * as Kobalte from "@kobalte/core/radio-group";
import { For, type JSX, Show } from "solid-js";
import field from "./field.module.css";
import styles from "./radio-group.module.css";

interface Props {
  label: JSX.Element;
  value: string;
  onChange: (value: string) => void;
  options: { value: string; label: string; hint?: string }[];
  disabled?: boolean;
}

export function RadioGroup(props: Props) {
  return (
    <Kobalte.Root
      value={props.value}
      onChange={props.onChange}
      disabled={props.disabled}
      class={styles.group}
    >
      <Kobalte.Label class={field.label}>{props.label}</Kobalte.Label>
      <For each={props.options}>
        {(option) => (
          <Kobalte.Item value={option.value} class={styles.item}>
            <Kobalte.ItemInput class={styles.input} />
            <Kobalte.ItemControl class={styles.control} />
            <span class={styles.words}>
              <Kobalte.ItemLabel>{option.label}</Kobalte.ItemLabel>
              <Show when={option.hint}>
                <Kobalte.ItemDescription class={field.hint}>{option.hint}</Kobalte.ItemDescription>
              </Show>
            </span>
          </Kobalte.Item>
        )}
      </For>
    </Kobalte.Root>
  );
}
