import { A, type RouteSectionProps } from "@solidjs/router";
import { createSignal, lazy, Show, Suspense } from "solid-js";
import { useMe } from "~/api/me.ts";
import { copy as common } from "~/copy.ts";
import { username } from "~/session/session.ts";
import { Announcer } from "~/ui/announcer.tsx";
import { Button } from "~/ui/button.tsx";
import { Icon } from "~/ui/icon.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { copy as paletteCopy } from "../palette/copy.ts";
import { modifier, useKeys } from "../palette/keys.ts";
import { copy } from "./copy.ts";
import styles from "./shell.module.css";

const Palette = lazy(() => import("../palette/palette.tsx"));
const Shortcuts = lazy(() => import("../palette/shortcuts.tsx"));
const AccountMenu = lazy(() => import("./account-menu.tsx"));

/** What every page sits in. */
export function Shell(props: RouteSectionProps) {
  const me = useMe();
  return (
    <>
      <a
        class={styles.skip}
        href="#main"
        onClick={(event) => {
          // The router would take it for a page.
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {copy.skip}
      </a>
      <header class={styles.bar}>
        <div class={styles.inner}>
          <A class={styles.brand} href="/" end>
            {common.brand}
          </A>
          <nav class={styles.nav} aria-label={copy.nav}>
            <A class={styles.link} href="/" end={!props.location.pathname.startsWith("/bots")}>
              {copy.bots}
            </A>
            <Show when={me.data?.may.administer.allowed}>
              <A class={styles.link} href="/admin">
                {copy.admin}
              </A>
            </Show>
          </nav>
          <Tools />
          <Account />
        </div>
      </header>
      <main id="main" class={styles.main} tabindex="-1">
        <Suspense
          fallback={
            <>
              <h1 class="visually-hidden">{common.loading}</h1>
              <Skeleton kind="card" count={2} />
            </>
          }
        >
          {props.children}
        </Suspense>
      </main>
      <Announcer />
    </>
  );
}

/** The way by name to everything, and what the keys do: neither is part of the first load. */
function Tools() {
  const [open, setOpen] = createSignal<"search" | "help">();
  const [seen, setSeen] = createSignal(new Set<string>());
  const show = (what: "search" | "help") => {
    setSeen((before) => new Set([...before, what]));
    setOpen(what);
  };
  // Its own alone: one may have led to the other by the time it is told to close.
  const close = (what: "search" | "help") => () =>
    setOpen((now) => (now === what ? undefined : now));
  useKeys({ search: () => show("search"), help: () => show("help") });
  return (
    <>
      <Button
        look="quiet"
        size="small"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => show("search")}
      >
        <Icon name="search" />
        <span class="visually-hidden">{paletteCopy.open}</span>
        <span class={styles.keys}>{modifier} K</span>
      </Button>
      <Suspense>
        <Show when={seen().has("search")}>
          <Palette
            open={open() === "search"}
            onClose={close("search")}
            onShowKeys={() => show("help")}
          />
        </Show>
        <Show when={seen().has("help")}>
          <Shortcuts open={open() === "help"} onClose={close("help")} />
        </Show>
      </Suspense>
    </>
  );
}

/** A button, until it is pressed: what a menu is made of is not part of the first load. */
function Account() {
  const me = useMe();
  const [opened, setOpened] = createSignal(false);
  const closed = () => (
    <Button
      look="quiet"
      size="small"
      aria-haspopup="menu"
      aria-label={copy.accountOf(username())}
      onClick={() => setOpened(true)}
    >
      <span class={styles.user}>{username()}</span>
      <Icon name="chevron" />
    </Button>
  );
  return (
    <Show when={opened()} fallback={closed()}>
      <Suspense fallback={closed()}>
        <AccountMenu name={username()} groups={me.data?.groups ?? []} />
      </Suspense>
    </Show>
  );
}
