import { createSignal, Show } from "solid-js";
import styles from "./announcer.module.css";
import { Icon } from "./icon.tsx";

interface Message {
  text: string;
  tone: "good" | "bad";
}

const [message, setMessage] = createSignal<Message>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says shortly, to eyes and ears, that something is done. Never the only place of an error. */
export function announce(text: string, tone: Message["tone"] = "good"): void {
  clearTimeout(timer);
  setMessage({ text, tone });
  timer = setTimeout(() => setMessage(undefined), 4_000);
}

export function Announcer() {
  return (
    <div class={styles.region} role="status" data-live-announcer="true">
      <Show when={message()}>
        {(shown) => (
          <p class={styles.message} data-tone={shown().tone}>
            <Icon name={shown().tone === "good" ? "check" : "warning"} />
            {shown().text}
          </p>
        )}
      </Show>
    </div>
  );
}
