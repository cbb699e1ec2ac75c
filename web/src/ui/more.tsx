import { Show } from "solid-js";
import { Button } from "./button.tsx";

/** A list of which there is more than has been asked for. */
export interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Asks for the next page, where there is one. */
export const More = (props: { of: Pages; label: string }) => (
  <Show when={props.of.hasNextPage}>
    <div>
      <Button busy={props.of.isFetchingNextPage} onClick={() => void props.of.fetchNextPage()}>
        {props.label}
      </Button>
    </div>
  </Show>
);
