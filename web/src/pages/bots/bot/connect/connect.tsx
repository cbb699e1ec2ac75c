import { Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { isLive } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { ButtonLink } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { Tabs } from "~/ui/tabs.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { NotPublished } from "../not-published.tsx";
import { usePublication } from "../queries.ts";
import { TryIt } from "../try-it.tsx";
import { copy } from "./copy.ts";
import { exampleOf, examples } from "~/examples.ts";

export default function Connect() {
  const bot = useCurrentBot();
  const publication = usePublication(() => bot().botId);
  return (
    <Async query={publication} title={copy.failed}>
      {(data) => (
        <Show
          when={isLive(data().status) && data().endpoint}
          fallback={<NotPublished what={copy.what} />}
        >
          {(endpoint) => (
            <div class={page.page}>
              <Card
                title={copy.title}
                hint={copy.lead}
                actions={
                  <ButtonLink href={`/bots/${bot().botId}/keys`} size="small">
                    {copy.toKeys}
                  </ButtonLink>
                }
              >
                <Tabs
                  label={copy.snippets}
                  tabs={examples.map((language) => ({
                    id: language,
                    label: copy.languages[language],
                    content: () => (
                      <CodeBlock
                        code={exampleOf(language, endpoint())}
                        label={copy.snippetLabel(copy.languages[language])}
                        copyLabel={copy.copySnippet(copy.languages[language])}
                      />
                    ),
                  }))}
                />
              </Card>
              <TryIt endpoint={endpoint()} />
            </div>
          )}
        </Show>
      )}
    </Async>
  );
}
