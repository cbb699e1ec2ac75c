import { type JSX, Match, Switch } from "solid-js";
import { isNotFound } from "~/api/api-error.ts";
import { ErrorPanel } from "./error-panel.tsx";
import { Skeleton } from "./skeleton.tsx";

interface Query<T> {
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly data: T | undefined;
  readonly error: unknown;
  refetch: () => unknown;
}

interface Props<T> {
  query: Query<T>;
  /** Of the error: "The bots could not be loaded". */
  title: string;
  skeleton?: JSX.Element;
  /** Instead of the error, where there is no such thing. */
  missing?: JSX.Element;
  children: (data: () => T) => JSX.Element;
}

/** Draws a query as loading, failed or ready. Data once seen stays while it is fetched again. */
export function Async<T>(props: Props<T>) {
  return (
    <Switch>
      <Match when={props.query.isPending}>
        {props.skeleton ?? <Skeleton kind="card" count={2} />}
      </Match>
      <Match when={props.missing !== undefined && isNotFound(props.query.error)}>
        {props.missing}
      </Match>
      <Match when={props.query.isError && props.query.data === undefined}>
        <ErrorPanel
          title={props.title}
          error={props.query.error}
          onRetry={() => void props.query.refetch()}
        />
      </Match>
      <Match when={props.query.data !== undefined}>
        {props.children(() => props.query.data as T)}
      </Match>
    </Switch>
  );
}
