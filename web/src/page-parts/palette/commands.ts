import { useLocation, useNavigate } from "@solidjs/router";
import { useBots } from "~/api/bots.ts";
import { useMe } from "~/api/me.ts";
import { signOut } from "~/session/session.ts";
import { setTheme, type Theme } from "~/theme.ts";
import { copy as docsCopy } from "../docs/copy.ts";
import { type DocsSlug, docsUrl } from "../docs/docs-links.ts";
import { copy as shellCopy } from "../shell/copy.ts";
import { copy } from "./copy.ts";
import type { Command } from "./matching.ts";

const themes: Theme[] = ["system", "light", "dark"];
type BotPage = keyof typeof copy.pages;
type AdminPage = keyof typeof copy.admin;
const pathOf = (page: string, first: string) => (page === first ? "" : `/${page}`);

/** All that can be gone to or done from where one is; bots as far as they have been read. */
export function useCommands(showKeys: () => void): () => Command[] {
  const navigate = useNavigate();
  const location = useLocation();
  const me = useMe();
  const bots = useBots(() => "all");
  const goTo = (kind: Command["kind"], path: string, label: string): Command => ({
    id: `${kind} ${path}`,
    kind,
    label,
    run: () => navigate(path),
  });
  const ofThisBot = () => {
    const here = /^\/bots\/[0-9A-Z]+/.exec(location.pathname)?.[0];
    if (!here) return [];
    return (Object.entries(copy.pages) as [BotPage, string][]).map(([page, label]) =>
      goTo("page", here + pathOf(page, "editor"), copy.ofThisBot(label)),
    );
  };
  const ofAdmin = () =>
    me.data?.may.administer.allowed
      ? (Object.entries(copy.admin) as [AdminPage, string][]).map(([page, label]) =>
          goTo("page", `/admin${pathOf(page, "apis")}`, copy.ofAdmin(label)),
        )
      : [];
  const actions = (): Command[] => [
    goTo("action", "/?create", copy.createBot),
    ...themes.map((theme) => ({
      id: theme,
      kind: "action" as const,
      label: shellCopy.themes[theme],
      run: () => setTheme(theme),
    })),
    { id: "keys", kind: "action", label: copy.showKeys, run: showKeys },
    { id: "sign-out", kind: "action", label: shellCopy.signOut, run: () => void signOut() },
  ];
  const ofDocs = (): Command[] =>
    (Object.entries(docsCopy.titles) as [DocsSlug, string][]).map(([slug, title]) => ({
      id: `docs ${slug}`,
      kind: "docs",
      label: copy.ofDocs(title),
      run: () => void window.open(docsUrl(slug), "_blank", "noopener"),
    }));
  return () => [
    ...ofThisBot(),
    ...(bots.data?.pages ?? [])
      .flatMap((one) => one.bots)
      .map((bot) => goTo("bot", `/bots/${bot.botId}`, bot.title)),
    goTo("page", "/", copy.bots),
    ...ofAdmin(),
    ...actions(),
    goTo("page", "/design", copy.design),
    ...ofDocs(),
  ];
}
