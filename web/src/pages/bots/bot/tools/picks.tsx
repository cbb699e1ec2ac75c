import { createMemo, createSignal, For, Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { Checkbox } from "~/ui/checkbox.tsx";
import { TextField } from "~/ui/text-field.tsx";
import { copy } from "./copy.ts";
import styles from "./tools.module.css";

export interface Pick {
  id: string;
  label: string;
  about: string;
  /** Why it cannot be picked. */
  refusal: string | null;
}

/** More at once would only slow the page down: there is a filter. */
const shownMax = 100;

/** Functions of a service to pick from. */
export function Picks(props: {
  legend: string;
  none: string;
  picks: Pick[];
  picked: string[];
  onChange: (picked: string[]) => void;
}) {
  const [filter, setFilter] = createSignal("");
  const fitting = createMemo(() => {
    const wanted = filter().trim().toLowerCase();
    return props.picks.filter(({ label, about }) =>
      `${label} ${about}`.toLowerCase().includes(wanted),
    );
  });
  const set = (id: string, on: boolean) => {
    const others = props.picked.filter((one) => one !== id);
    props.onChange(on ? [...others, id] : others);
  };
  return (
    <fieldset class={styles.set}>
      <legend class={styles.legend}>{props.legend}</legend>
      <Show when={props.picks.length > 8}>
        <TextField
          label={copy.http.filter}
          value={filter()}
          onInput={setFilter}
          hint={copy.http.shown(Math.min(fitting().length, shownMax), props.picks.length)}
          inputProps={{ autocomplete: "off" }}
        />
      </Show>
      <Show when={fitting().length > 0} fallback={<p class={page.soft}>{props.none}</p>}>
        <div class={styles.picks}>
          <For each={fitting().filter((_, i) => i < shownMax)}>
            {(pick) => (
              <div>
                <Checkbox
                  label={pick.label}
                  checked={props.picked.includes(pick.id)}
                  onChange={(on) => set(pick.id, on)}
                  disabled={pick.refusal !== null}
                />
                <p class={styles.about}>{pick.refusal ?? pick.about}</p>
              </div>
            )}
          </For>
        </div>
      </Show>
    </fieldset>
  );
}
