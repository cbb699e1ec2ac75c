import { A, useLocation } from "@solidjs/router";
import { createEffect, For, on } from "solid-js";
import styles from "./page-tabs.module.css";

interface Props {
  label: string;
  /** The first one's address is the beginning of the others'. */
  tabs: { href: string; label: string }[];
}

/** The way between pages that belong together. */
export function PageTabs(props: Props) {
  const location = useLocation();
  let nav: HTMLElement | undefined;
  // On a narrow screen the row of links scrolls: where one is has to be in sight.
  createEffect(
    on(
      () => location.pathname,
      () => {
        const current = nav?.querySelector("[aria-current=page], .active");
        current?.scrollIntoView({ inline: "center", block: "nearest" });
      },
    ),
  );
  return (
    <nav
      class={styles.tabs}
      aria-label={props.label}
      ref={(element) => {
        nav = element;
      }}
    >
      <For each={props.tabs}>
        {(tab, index) => (
          <A class={styles.tab} href={tab.href} end={index() === 0}>
            {tab.label}
          </A>
        )}
      </For>
    </nav>
  );
}
