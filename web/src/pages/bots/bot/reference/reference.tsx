import { For, Show } from "solid-js";
import { isLive, usePublication } from "../../../../api/queries.ts";
import { connectCopy } from "../../../../copy-connect.ts";
import { Async } from "../../../../ui/async.tsx";
import { Card } from "../../../../ui/card.tsx";
import { CodeBlock } from "../../../../ui/code-block.tsx";
import { CopyButton } from "../../../../ui/copy-button.tsx";
import { Table } from "../../../../ui/table.tsx";
import page from "../../../page.module.css";
import { useCurrentBot } from "../bot-context.ts";
import { NotPublished } from "../not-published.tsx";
import endpointStyles from "../publish/endpoint.module.css";
import styles from "./reference.module.css";
import { errors, type RouteInfo, routes } from "./routes.ts";

export default function Reference() {
  const bot = useCurrentBot();
  const publication = usePublication(() => bot().botId);
  return (
    <Async query={publication} title={connectCopy.reference.failed}>
      {(data) => (
        <Show
          when={isLive(data().status) && data().endpoint}
          fallback={<NotPublished what={connectCopy.reference.what} />}
        >
          {(endpoint) => (
            <div class={page.page}>
              <Card title={connectCopy.reference.title} hint={connectCopy.reference.lead}>
                <div class={endpointStyles.url}>
                  <code>{endpoint()}</code>
                  <CopyButton value={endpoint()} label={connectCopy.reference.copyBase} />
                </div>
                <For each={routes}>{(route) => <Route of={route} />}</For>
              </Card>
              <Card
                title={connectCopy.reference.errorsTitle}
                hint={connectCopy.reference.errorsLead}
              >
                <Table
                  label={connectCopy.reference.errorsTitle}
                  columns={[
                    { label: connectCopy.reference.columns.status },
                    { label: connectCopy.reference.columns.body },
                    { label: connectCopy.reference.columns.meaning },
                  ]}
                >
                  <For each={errors}>
                    {(error) => (
                      <tr>
                        <td data-label={connectCopy.reference.columns.status}>{error.status}</td>
                        <td data-label={connectCopy.reference.columns.body}>
                          <code>{error.body}</code>
                        </td>
                        <td data-label={connectCopy.reference.columns.meaning}>{error.meaning}</td>
                      </tr>
                    )}
                  </For>
                </Table>
              </Card>
            </div>
          )}
        </Show>
      )}
    </Async>
  );
}

function Route(props: { of: RouteInfo }) {
  return (
    <article class={styles.route}>
      <h3 class={styles.name}>
        <span class={styles.method}>{props.of.method}</span>
        <code>{props.of.path}</code>
      </h3>
      <p>{props.of.summary}.</p>
      <Show when={props.of.notes.length > 0}>
        <ul class={styles.notes}>
          <For each={props.of.notes}>{(note) => <li>{note}</li>}</For>
        </ul>
      </Show>
      <Show when={props.of.body ?? props.of.answer}>
        <div class={styles.examples}>
          <Example title={connectCopy.reference.body} code={props.of.body} of={props.of} />
          <Example title={connectCopy.reference.answer} code={props.of.answer} of={props.of} />
        </div>
      </Show>
    </article>
  );
}

function Example(props: { title: string; code: string | undefined; of: RouteInfo }) {
  const label = () =>
    connectCopy.reference.example(props.title, `${props.of.method} ${props.of.path}`);
  return (
    <Show when={props.code}>
      {(code) => (
        <div>
          <p class={`${page.small} ${page.soft}`}>{props.title}</p>
          <CodeBlock
            code={code()}
            label={label()}
            copyLabel={connectCopy.reference.copyExample(label())}
          />
        </div>
      )}
    </Show>
  );
}
