import { Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { isLive } from "~/page-parts/status/status.ts";
import { Async } from "~/ui/async.tsx";
import { ButtonLink } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { NotPublished } from "../not-published.tsx";
import Playground from "../playground.tsx";
import { usePublication } from "../queries.ts";
import { useQuestion } from "../questions.ts";
import { SnippetsOfBot } from "../snippets-of-bot.tsx";
import { copy } from "./copy.ts";

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
                <SnippetsOfBot label={copy.snippets} endpoint={endpoint()} question={question()} />
              </Card>
              <Playground mode="published" />
            </div>
          )}
        </Show>
      )}
    </Async>
  );
}
