import { type JSX, Show } from "solid-js";
import page from "./page.module.css";

interface Props {
  title: string;
  lead?: string | undefined;
  /** The page's own title, where it is not under a title that it shares with others. */
  first?: boolean;
  /** At its end: what can be done, or had. */
  children?: JSX.Element;
}

/** What a page is called and what it is for. */
export const PageHead = (props: Props) => (
  <div class={page.head}>
    <div class={page.words}>
      <Show when={props.first} fallback={<h2>{props.title}</h2>}>
        <h1>{props.title}</h1>
      </Show>
      <Show when={props.lead}>
        <p class={page.lead}>{props.lead}</p>
      </Show>
    </div>
    {props.children}
  </div>
);
