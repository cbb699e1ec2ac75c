import * as Kobalte from "@kobalte/core/select";
import { createMemo, type JSX, Show } from "solid-js";
import field from "./field.module.css";
import list from "./floating-list.module.css";
import { Icon } from "./icon.tsx";
import styles from "./select.module.css";
import { keepTypedAhead } from "./typed-ahead.ts";

interface Option {
  value: string;
  label: string;
}

interface Props {
  label: JSX.Element;
  hint?: JSX.Element;
  error?: string | undefined;
  options: Option[];
  value: string;
  onChange: (value: string) => void;
  disabled?: boolean;
  class?: string;
}

export function Select(props: Props) {
  // The same choices stay the same elements: a page that is up to date again closes nothing.
  const options = createMemo(() => props.options, [], { equals: isSame });
  const chosen = () =>
    options().find((option) => option.value === props.value) ?? {
      value: props.value,
      label: props.value,
    };
  return (
    <Kobalte.Root<Option>
      options={options()}
      optionValue={named}
      optionTextValue="label"
      value={chosen()}
      onChange={(option) => {
        if (option) props.onChange(option.value);
      }}
      disallowEmptySelection
      disabled={props.disabled}
      validationState={props.error ? "invalid" : "valid"}
      gutter={4}
      sameWidth
      itemComponent={(item) => (
        <Kobalte.Item item={item.item} class={list.item}>
          <Kobalte.ItemLabel>{item.item.rawValue.label}</Kobalte.ItemLabel>
          <Kobalte.ItemIndicator class={styles.icon}>
            <Icon name="check" />
          </Kobalte.ItemIndicator>
        </Kobalte.Item>
      )}
      class={`${field.field} ${props.class ?? ""}`}
    >
      <Kobalte.Label class={field.label}>{props.label}</Kobalte.Label>
      <Kobalte.Trigger class={`${field.input} ${styles.trigger}`}>
        <Kobalte.Value<Option> class={styles.value}>
          {(state) => state.selectedOption()?.label}
        </Kobalte.Value>
        <Kobalte.Icon class={styles.icon}>
          <Icon name="chevron" />
        </Kobalte.Icon>
      </Kobalte.Trigger>
      <Show when={props.hint}>
        <Kobalte.Description class={field.hint}>{props.hint}</Kobalte.Description>
      </Show>
      <Kobalte.ErrorMessage class={field.error}>{props.error}</Kobalte.ErrorMessage>
      <Kobalte.Portal>
        {/* Opened from a dialog it lies outside of it: the mark keeps it reachable. */}
        <Kobalte.Content
          class={`${list.content} ${styles.content}`}
          data-kb-top-layer=""
          ref={keepTypedAhead}
        >
          <Kobalte.Listbox />
        </Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte.Root>
  );
}

/** Kobalte takes `""` for nothing chosen; here it may be a choice like any. */
const named = ({ value }: Option) => `=${value}`;

const isSame = (before: Option[], after: Option[]) =>
  JSON.stringify(before) === JSON.stringify(after);
