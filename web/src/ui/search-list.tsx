import * as Kobalte from "@kobalte/core/search";
import { onMount, Show } from "solid-js";
import field from "./field.module.css";
import styles from "./search-list.module.css";

interface Option {
  id: string;
  label: string;
  /** What kind of thing it is. */
  note: string;
}

interface Props<T extends Option> {
  label: string;
  placeholder: string;
  /** Where nothing fits. */
  none: string;
  /** Those that fit what has been typed. */
  options: T[];
  onInput: (text: string) => void;
  onChoose: (option: T) => void;
}

/** A list that is searched by typing: the best match is chosen with Enter alone. */
export function SearchList<T extends Option>(props: Props<T>) {
  let input: HTMLInputElement | undefined;
  // At once, not when the dialog around it comes to it: who types already loses nothing.
  onMount(() => input?.focus());
  const chooseFirst = (event: KeyboardEvent) => {
    const [first] = props.options;
    if (event.key !== "Enter" || event.isComposing || !first) return;
    if (!input?.getAttribute("aria-activedescendant")) props.onChoose(first);
  };
  return (
    <Kobalte.Root<T>
      open
      options={props.options}
      optionValue="id"
      optionTextValue="label"
      optionLabel={() => ""}
      placeholder={props.placeholder}
      onChange={(option: T | null) => {
        if (option) props.onChoose(option);
      }}
      itemComponent={(item) => (
        <Kobalte.Item item={item.item} class={styles.item}>
          {/* Both are its name: what is seen of it is what it is called. */}
          <Kobalte.ItemLabel class={styles.line}>
            <span class={styles.name}>{item.item.rawValue.label}</span>{" "}
            <span class={styles.note}>{item.item.rawValue.note}</span>
          </Kobalte.ItemLabel>
        </Kobalte.Item>
      )}
      class={field.field}
    >
      <Kobalte.Label class={field.label}>{props.label}</Kobalte.Label>
      <Kobalte.Control>
        <Kobalte.Input
          ref={(element: HTMLInputElement) => {
            input = element;
          }}
          class={field.input}
          // Not the root's `onInputChange`, which waits a turn: Enter would choose from the list of before.
          onInput={(event: InputEvent & { currentTarget: HTMLInputElement }) =>
            props.onInput(event.currentTarget.value)
          }
          onKeyDown={chooseFirst}
        />
      </Kobalte.Control>
      <Kobalte.Listbox class={styles.list} />
      <p class={styles.none} role="status">
        <Show when={props.options.length === 0}>{props.none}</Show>
      </p>
    </Kobalte.Root>
  );
}
