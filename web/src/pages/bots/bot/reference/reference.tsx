import { For, Show } from "solid-js";
import { docsUrl } from "~/page-parts/docs/docs-links.ts";
import page from "~/page-parts/page.module.css";
import { Card } from "~/ui/card.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { CopyButton } from "~/ui/copy-button.tsx";
import { DocsLink, errorUrl } from "~/ui/docs-link.tsx";
import { Table } from "~/ui/table.tsx";
import endpointStyles from "../endpoint.module.css";
import { OfEndpoint } from "../of-endpoint.tsx";
import { copy } from "./copy.ts";
import styles from "./reference.module.css";
import { errors, faces, type RouteInfo } from "./routes.ts";

const faceNames = ["native", "openai", "mcp", "about"] as const;

export default function Reference() {
  return (
    <OfEndpoint what={copy.what} failed={copy.failed}>
      {(endpoint) => (
        <div class={page.page}>
          <Card title={copy.title} hint={copy.lead}>
            <div class={endpointStyles.url}>
              <code>{endpoint()}</code>
              <CopyButton value={endpoint()} label={copy.copyBase} />
            </div>
            <p>
              <DocsLink href={docsUrl("reference/published-api")}>{copy.toDocs}</DocsLink>
            </p>
          </Card>
          <For each={faceNames}>
            {(face) => (
              <Card title={copy.faces[face].title} hint={copy.faces[face].hint}>
                <For each={faces[face]}>{(route) => <Route of={route} />}</For>
              </Card>
            )}
          </For>
          <Card title={copy.errorsTitle} hint={copy.errorsLead}>
            <Table
              label={copy.errorsTitle}
              columns={[
                { label: copy.columns.status },
                { label: copy.columns.body },
                { label: copy.columns.meaning },
              ]}
            >
              <For each={errors}>
                {(error) => (
                  <tr>
                    <td data-label={copy.columns.status}>{error.status}</td>
                    <td data-label={copy.columns.body}>
                      <Show when={error.isCode} fallback={<code>{error.body}</code>}>
                        <DocsLink href={errorUrl(error.body)}>
                          <code>{error.body}</code>
                        </DocsLink>
                      </Show>
                    </td>
                    <td data-label={copy.columns.meaning}>{error.meaning}</td>
                  </tr>
                )}
              </For>
            </Table>
          </Card>
        </div>
      )}
    </OfEndpoint>
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
          <Example title={copy.body} code={props.of.body} of={props.of} />
          <Example title={copy.answer} code={props.of.answer} of={props.of} />
        </div>
      </Show>
    </article>
  );
}

function Example(props: { title: string; code: string | undefined; of: RouteInfo }) {
  const label = () => copy.example(props.title, `${props.of.method} ${props.of.path}`);
  return (
    <Show when={props.code}>
      {(code) => (
        <div>
          <p class={`${page.small} ${page.soft}`}>{props.title}</p>
          <CodeBlock code={code()} label={label()} copyLabel={copy.copyExample(label())} />
        </div>
      )}
    </Show>
  );
}
