import { A } from "@solidjs/router";
import { type ComponentProps, type JSX, Show, splitProps } from "solid-js";
import styles from "./button.module.css";
import { Spinner } from "./spinner.tsx";

export type Look = "primary" | "secondary" | "quiet" | "danger" | "danger-quiet";

interface Own {
  look?: Look;
  size?: "small" | "normal";
}

/** `busy` keeps the words and the focus, and takes no second click. */
export function Button(
  props: Own & { busy?: boolean } & JSX.ButtonHTMLAttributes<HTMLButtonElement>,
) {
  const [own, rest] = splitProps(props, ["look", "size", "busy", "class", "children", "onClick"]);
  const onClick: JSX.EventHandler<HTMLButtonElement, MouseEvent> = (event) => {
    if (own.busy) return event.preventDefault();
    if (typeof own.onClick === "function") own.onClick(event);
  };
  return (
    <button
      type="button"
      {...rest}
      onClick={onClick}
      aria-disabled={own.busy ? "true" : undefined}
      data-look={own.look ?? "secondary"}
      data-size={own.size ?? "normal"}
      class={`${styles.button} ${own.class ?? ""}`}
    >
      <Show when={own.busy}>
        <Spinner />
      </Show>
      {own.children}
    </button>
  );
}

export function ButtonLink(props: Own & ComponentProps<typeof A>) {
  const [own, rest] = splitProps(props, ["look", "size", "class"]);
  return (
    <A
      {...rest}
      data-look={own.look ?? "secondary"}
      data-size={own.size ?? "normal"}
      class={`${styles.button} ${own.class ?? ""}`}
    />
  );
}

/** For the triggers of Kobalte's menus and dialogs, which are buttons of their own. */
export const buttonClass = styles.button;
