import { A, type RouteSectionProps } from "@solidjs/router";
import { Show, Suspense } from "solid-js";
import { useMe } from "../api/queries.ts";
import { copy } from "../copy.ts";
import { signOut } from "../session/session.ts";
import { setTheme, type Theme, theme } from "../theme.ts";
import { Announcer } from "../ui/announcer.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import styles from "./shell.module.css";

const themes: Theme[] = ["system", "light", "dark"];

/** What every page sits in. */
export function Shell(props: RouteSectionProps) {
  return (
    <>
      <a class={styles.skip} href="#main">
        {copy.shell.skip}
      </a>
      <header class={styles.bar}>
        <div class={styles.inner}>
          <A class={styles.brand} href="/" end>
            {copy.shell.brand}
          </A>
          <nav class={styles.nav} aria-label={copy.shell.nav}>
            <A class={styles.link} href="/" end={!props.location.pathname.startsWith("/bots")}>
              {copy.shell.bots}
            </A>
          </nav>
          <UserMenu />
        </div>
      </header>
      <main id="main" class={styles.main} tabindex="-1">
        <Suspense fallback={<Skeleton kind="card" count={2} />}>{props.children}</Suspense>
      </main>
      <Announcer />
    </>
  );
}

function UserMenu() {
  const me = useMe();
  const name = () => (me.isSuccess ? me.data.username : copy.shell.account);
  return (
    <Menu
      look="quiet"
      label={copy.shell.accountOf(name())}
      trigger={
        <>
          {name()}
          <Icon name="chevron" />
        </>
      }
      head={
        <Show when={me.isSuccess}>
          {me.data?.groups.length ? me.data.groups.join(", ") : copy.shell.noGroup}
        </Show>
      }
      groups={[
        themes.map((value) => ({
          label: copy.shell.themes[value],
          chosen: theme() === value,
          onSelect: () => setTheme(value),
        })),
        [{ label: copy.shell.signOut, onSelect: () => void signOut() }],
      ]}
    />
  );
}
