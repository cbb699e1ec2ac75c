import { createSignal, Show } from "solid-js";
import styles from "./announcer.module.css";
import { copy } from "./copy.ts";
import { Icon } from "./icon.tsx";

interface Message {
  text: string;
  tone: "good" | "bad";
  undo: (() => void) | undefined;
}

const [message, setMessage] = createSignal<Message>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Long enough to read it; and, where it can be taken back, to think about that. */
const shownMs = 4_000;
const undoableMs = 10_000;

/**
 * Says shortly, to eyes and ears, that something is done. Never the only place of an error.
 *
 * @param undo takes it back, where that harms nothing; the page has another way to do it, too.
 */
export function announce(text: string, tone: Message["tone"] = "good", undo?: () => void): void {
  clearTimeout(timer);
  setMessage({ text, tone, undo });
  timer = setTimeout(() => setMessage(undefined), undo ? undoableMs : shownMs);
}

export function Announcer() {
  return (
    <div class={styles.region} role="status" data-live-announcer="true">
      <Show when={message()}>
        {(shown) => (
          <div class={styles.message} data-tone={shown().tone}>
            <Icon name={shown().tone === "good" ? "check" : "warning"} />
            {shown().text}
            <Show when={shown().undo}>
              {(undo) => (
                <button
                  type="button"
                  class={styles.undo}
                  onClick={() => {
                    const takeBack = undo();
                    setMessage(undefined);
                    takeBack();
                  }}
                >
                  {copy.undo}
                </button>
              )}
            </Show>
          </div>
        )}
      </Show>
    </div>
  );
}
