import { signOut } from "~/session/session.ts";
import { setTheme, type Theme, theme } from "~/theme.ts";
import { Icon } from "~/ui/icon.tsx";
import { Menu } from "~/ui/menu.tsx";
import { copy } from "./copy.ts";

import styles from "./shell.module.css";

const themes: Theme[] = ["system", "light", "dark"];

export default function AccountMenu(props: { name: string; groups: string[] }) {
  return (
    <Menu
      defaultOpen
      look="quiet"
      label={copy.accountOf(props.name)}
      trigger={
        <>
          <span class={styles.user}>{props.name}</span>
          <Icon name="chevron" />
        </>
      }
      head={props.groups.join(", ") || copy.noGroup}
      groups={[
        themes.map((value) => ({
          label: copy.themes[value],
          chosen: theme() === value,
          onSelect: () => setTheme(value),
        })),
        [{ label: copy.signOut, onSelect: () => void signOut() }],
      ]}
    />
  );
}
