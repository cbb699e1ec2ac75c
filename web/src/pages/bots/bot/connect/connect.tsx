import { Show } from "solid-js";
import { isLive, usePublication } from "../../../../api/queries.ts";
import { connectCopy } from "../../../../copy-connect.ts";
import { Async } from "../../../../ui/async.tsx";
import { ButtonLink } from "../../../../ui/button.tsx";
import { Card } from "../../../../ui/card.tsx";
import { CodeBlock } from "../../../../ui/code-block.tsx";
import { Tabs } from "../../../../ui/tabs.tsx";
import page from "../../../page.module.css";
import { useCurrentBot } from "../bot-context.ts";
import { NotPublished } from "../not-published.tsx";
import { curl, javascript, python } from "./snippets.ts";
import { TryIt } from "./try-it.tsx";

const snippets = { curl, python, javascript };
const languages = ["curl", "python", "javascript"] as const;

export default function Connect() {
  const bot = useCurrentBot();
  const publication = usePublication(() => bot().botId);
  return (
    <Async query={publication} title={connectCopy.connect.failed}>
      {(data) => (
        <Show
          when={isLive(data().status) && data().endpoint}
          fallback={<NotPublished what={connectCopy.connect.what} />}
        >
          {(endpoint) => (
            <div class={page.page}>
              <Card
                title={connectCopy.connect.title}
                hint={connectCopy.connect.lead}
                actions={
                  <ButtonLink href={`/bots/${bot().botId}/keys`} size="small">
                    {connectCopy.connect.toKeys}
                  </ButtonLink>
                }
              >
                <Tabs
                  label={connectCopy.connect.snippets}
                  tabs={languages.map((language) => ({
                    id: language,
                    label: connectCopy.connect.languages[language],
                    content: () => (
                      <CodeBlock
                        code={snippets[language](endpoint())}
                        label={connectCopy.connect.snippetLabel(
                          connectCopy.connect.languages[language],
                        )}
                        copyLabel={connectCopy.connect.copySnippet(
                          connectCopy.connect.languages[language],
                        )}
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
