import { Show } from "solid-js";
import { ApiError } from "~/api/api-error.ts";
import { copy as apiCopy } from "~/api/copy.ts";
import { copy as common } from "~/copy.ts";
import { Button } from "./button.tsx";
import { copy } from "./copy.ts";
import { CopyButton } from "./copy-button.tsx";
import { DocsLink, errorUrl } from "./docs-link.tsx";
import styles from "./error-panel.module.css";
import { Notice } from "./notice.tsx";

type Code = keyof typeof apiCopy.nextSteps;

interface Props {
  error: unknown;
  /** What was being done: "The bots could not be loaded". */
  title: string;
  onRetry?: (() => void) | undefined;
}

/** What failed, why, what to do now, and the id by which the log knows it. */
export function ErrorPanel(props: Props) {
  const problem = () => (props.error instanceof ApiError ? props.error : undefined);
  const cause = () => (props.error instanceof Error ? props.error.message : String(props.error));
  const code = () => {
    const said = problem()?.code;
    return said !== undefined && Object.hasOwn(apiCopy.nextSteps, said)
      ? (said as Code)
      : "unknown";
  };
  const next = () => apiCopy.nextSteps[code()];
  /** What never reached the API has no code of its list. */
  const documented = () => (code() === "unknown" || code() === "offline" ? undefined : code());
  return (
    <Notice tone="bad" live title={props.title}>
      <p>{cause()}</p>
      <Show when={next()}>
        <p>{next()}</p>
      </Show>
      <div class={styles.actions}>
        <Show when={props.onRetry}>
          {(retry) => (
            <Button size="small" onClick={() => retry()()}>
              {common.actions.retry}
            </Button>
          )}
        </Show>
        <Show when={documented()}>
          {(known) => (
            <DocsLink class={styles.id} href={errorUrl(known())}>
              {copy.aboutError} <code>{known()}</code>
            </DocsLink>
          )}
        </Show>
        <Show when={problem()?.requestId}>
          {(requestId) => (
            <span class={styles.id}>
              {copy.requestId} <code>{requestId()}</code>
              <CopyButton value={requestId()} label={copy.copyRequestId} />
            </span>
          )}
        </Show>
      </div>
    </Notice>
  );
}
