import type { RouteSectionProps } from "@solidjs/router";
import { Show, Suspense } from "solid-js";
import { useMe } from "~/api/me.ts";
import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { PageTitle } from "~/page-parts/page-title.tsx";
import { PageTabs } from "~/page-parts/tabs/page-tabs.tsx";
import { Async } from "~/ui/async.tsx";
import { ButtonLink } from "~/ui/button.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Skeleton } from "~/ui/skeleton.tsx";
import { copy } from "./copy.ts";

/** What the administrator's pages have in common; anybody else is told whose they are. */
export default function Admin(props: RouteSectionProps) {
  const me = useMe();
  return (
    <div class={page.page}>
      <PageHead first title={copy.title} lead={copy.lead} />
      <Async query={me} title={copy.failed}>
        {(data) => (
          <Show when={data().may.administer.allowed} fallback={<NotYours />}>
            <PageTabs
              label={copy.tabsLabel}
              tabs={[
                { href: "/admin", label: copy.tabs.apis },
                { href: "/admin/usage", label: copy.tabs.usage },
                { href: "/admin/costs", label: copy.tabs.costs },
                { href: "/admin/patterns", label: copy.tabs.patterns },
                { href: "/admin/audit", label: copy.tabs.audit },
              ]}
            />
            <Suspense fallback={<Skeleton kind="row" count={5} />}>{props.children}</Suspense>
          </Show>
        )}
      </Async>
    </div>
  );
}

function NotYours() {
  return (
    <>
      <PageTitle title={copy.title} />
      <EmptyState
        icon="key"
        title={copy.notYours}
        text={copy.notYoursText}
        action={
          <ButtonLink href="/" look="primary">
            {copy.toBots}
          </ButtonLink>
        }
      />
    </>
  );
}
