import { createEffect, createSignal, on, onCleanup } from "solid-js";
import { TextField } from "~/ui/text-field.tsx";

interface Props {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
}

/** Long enough to type a word, short enough not to be waited for. */
const restMs = 300;

/** A filter that is typed: it takes effect when the typing rests. */
export function TypedFilter(props: Props) {
  const [typed, setTyped] = createSignal("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Cleared from outside, or gone back to in the browser's history.
  createEffect(
    on(
      () => props.value,
      (value) => {
        if (value !== typed().trim()) setTyped(value);
      },
    ),
  );
  onCleanup(() => clearTimeout(timer));
  return (
    <TextField
      label={props.label}
      hint={props.hint}
      value={typed()}
      onInput={(text) => {
        setTyped(text);
        clearTimeout(timer);
        timer = setTimeout(() => props.onChange(text.trim()), restMs);
      }}
      inputProps={{ type: "search", maxlength: 200, autocomplete: "off", spellcheck: false }}
    />
  );
}
