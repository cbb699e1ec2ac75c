import { createSignal, lazy, Show, Suspense } from "solid-js";
import { docsUrl } from "~/page-parts/docs/docs-links.ts";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { CodeBlock } from "~/ui/code-block.tsx";
import { Dialog, DialogActions } from "~/ui/dialog.tsx";
import { DocsLink } from "~/ui/docs-link.tsx";
import type { Publication } from "../queries.ts";
import { EditSettings } from "./edit-settings.tsx";
import { copy } from "./webhook-copy.ts";

/** What most publications do not have is not part of the page's load. */
const WebhookState = lazy(() => import("./webhook-state.tsx"));

/** Where the ends of answers are told, its secret while that can be seen, and how it has done. */
export function EditWebhook(props: { publication: Publication }) {
  const [secret, setSecret] = createSignal<string>();
  return (
    <>
      <EditSettings
        card="webhook"
        title={copy.title}
        words={copy.words}
        publication={props.publication}
        onSaved={(made) => setSecret(made ?? undefined)}
      >
        <p>
          <DocsLink href={docsUrl("webhooks")}>{copy.words.about}</DocsLink>
        </p>
      </EditSettings>
      <Show when={props.publication.webhook}>
        <Suspense>
          <WebhookState botId={props.publication.botId} onSecret={setSecret} />
        </Suspense>
      </Show>
      <Dialog
        open={secret() !== undefined}
        onClose={() => setSecret(undefined)}
        sticky
        title={copy.secretTitle}
        description={copy.once}
      >
        <div class={page.form}>
          <CodeBlock
            code={secret() ?? ""}
            label={copy.secretLabel}
            copyLabel={copy.copySecret}
            wrap
          />
          <DialogActions>
            <Button look="primary" onClick={() => setSecret(undefined)}>
              {copy.stored}
            </Button>
          </DialogActions>
        </div>
      </Dialog>
    </>
  );
}
