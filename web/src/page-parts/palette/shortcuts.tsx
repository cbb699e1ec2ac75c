import { createSignal, For } from "solid-js";
import { Button } from "~/ui/button.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { Switch } from "~/ui/switch.tsx";
import { copy } from "./copy.ts";
import { isHelpKeyOn, modifier, setHelpKey } from "./keys.ts";
import styles from "./shortcuts.module.css";

const keys = [
  { keys: [modifier, "K"], does: copy.keys.search },
  { keys: [modifier, "S"], does: copy.keys.save },
  { keys: ["?"], does: copy.keys.help },
  { keys: ["Esc"], does: copy.keys.close },
];

/** The keys that work everywhere. */
export default function Shortcuts(props: { open: boolean; onClose: () => void }) {
  const [isOn, setOn] = createSignal(isHelpKeyOn());
  return (
    <Dialog open={props.open} onClose={props.onClose} title={copy.keysTitle}>
      <dl class={styles.keys}>
        <For each={keys}>
          {(one) => (
            <div class={styles.row}>
              <dt>
                <For each={one.keys}>{(key) => <kbd class={styles.key}>{key}</kbd>}</For>
              </dt>
              <dd>{one.does}</dd>
            </div>
          )}
        </For>
      </dl>
      <Switch
        label={copy.helpKey}
        hint={copy.helpKeyHint}
        checked={isOn()}
        onChange={(on) => {
          setHelpKey(on);
          setOn(on);
        }}
      />
      <DialogActions>
        <Button onClick={() => props.onClose()}>{copy.done}</Button>
      </DialogActions>
    </Dialog>
  );
}
