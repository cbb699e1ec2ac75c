import { type JSX, Show } from "solid-js";
import page from "~/page-parts/page.module.css";
import { Button } from "~/ui/button.tsx";
import { More, type Pages } from "~/ui/more.tsx";
import { copy } from "./copy.ts";

interface Props {
  pages: Pages;
  isEmpty: boolean;
  isFiltered: boolean;
  onClear: () => void;
  words: { nothingFits: string; more: string };
  /** Where there is nothing although nothing is filtered out. */
  empty: JSX.Element;
  children: JSX.Element;
}

/**
 * A paged list as far as it has been read. The API may have looked through many without finding one
 * that fits: then nothing is shown but the way on, and that nothing fits is said at the end only.
 */
export const FilteredList = (props: Props) => (
  <>
    <Show
      when={!props.isEmpty}
      fallback={
        <Show when={!props.pages.hasNextPage}>
          <Show when={props.isFiltered} fallback={props.empty}>
            <div class={page.row}>
              <p>{props.words.nothingFits}</p>
              <Button size="small" onClick={() => props.onClear()}>
                {copy.clear}
              </Button>
            </div>
          </Show>
        </Show>
      }
    >
      {props.children}
    </Show>
    <More of={props.pages} label={props.words.more} />
  </>
);
