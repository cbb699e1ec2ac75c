import { Index } from "solid-js";
import { Card } from "~/ui/card.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { Disclosure } from "~/ui/disclosure.tsx";
import { copy } from "./copy.ts";
import type { RunDetail } from "./queries.ts";

/** What was asked and answered as programs see it, for comparing and for reporting. */
export function Raw(props: { run: RunDetail }) {
  const request = () => ({
    conversationId: props.run.conversationId,
    via: props.run.via,
    model: props.run.model,
    message: { content: props.run.question },
  });
  const answer = () => ({
    messageId: props.run.runId,
    status: props.run.status,
    message: { content: props.run.answer },
    usage: props.run.usage,
    incompleteReason: props.run.incompleteReason,
    error: props.run.error,
  });
  const parts = () => [
    { name: copy.rawRequest, value: request() },
    { name: copy.rawAnswer, value: answer() },
    { name: copy.rawAll, value: props.run },
  ];
  return (
    <Card title={copy.raw} hint={copy.rawHint}>
      {/* By place: what is open stays open while the run is looked at anew. */}
      <Index each={parts()}>
        {(part) => (
          <Disclosure summary={part().name}>
            <CodeBlock
              code={JSON.stringify(part().value, null, 2)}
              label={part().name}
              copyLabel={copy.copyRaw(part().name)}
              wrap
            />
          </Disclosure>
        )}
      </Index>
    </Card>
  );
}
