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
import { copy as words } from "../copy.ts";
import Playground from "../playground.tsx";
import { useQuestion } from "../questions.ts";
import { copy } from "./copy.ts";
import { exampleOf, examples, languageOf } from "~/examples.ts";

export default function Connect() {
  const bot = useCurrentBot();
  const publication = usePublication(() => bot().botId);
  const question = useQuestion(() => bot().botId);
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
                    label: words.languages[language],
                    content: () => (
                      <CodeBlock
                        code={exampleOf(language, endpoint(), question())}
                        language={languageOf[language]}
                        label={words.snippetLabel(words.languages[language])}
                        copyLabel={words.copySnippet(words.languages[language])}
                        wrap
                      />
                    ),
                  }))}
                />
              </Card>
              <Playground mode="published" />
            </div>
          )}
        </Show>
      )}
    </Async>
  );
}
