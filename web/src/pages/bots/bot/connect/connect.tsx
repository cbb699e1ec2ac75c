import page from "~/page-parts/page.module.css";
import { ButtonLink } from "~/ui/button.tsx";
import { Card } from "~/ui/card.tsx";
import { useCurrentBot } from "../bot-context.ts";
import { OfEndpoint } from "../of-endpoint.tsx";
import Playground from "../playground.tsx";
import { useQuestion } from "../questions.ts";
import { SnippetsOfBot } from "../snippets-of-bot.tsx";
import { copy } from "./copy.ts";

export default function Connect() {
  const bot = useCurrentBot();
  const question = useQuestion(() => bot().botId);
  return (
    <OfEndpoint what={copy.what} failed={copy.failed}>
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
    </OfEndpoint>
  );
}
