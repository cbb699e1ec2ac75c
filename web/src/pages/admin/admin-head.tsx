import type { JSX } from "solid-js";
import page from "~/page-parts/page.module.css";
import { PageTitle } from "~/page-parts/page-title.tsx";
import { copy } from "./copy.ts";

interface Props {
  copy: { title: string; lead: string };
  /** At its end: what can be had of all that the page shows. */
  children: JSX.Element;
}

/** Of one of the administrator's pages; in the window's title which of them it is comes first. */
export const AdminHead = (props: Props) => (
  <>
    <PageTitle title={`${props.copy.title} · ${copy.title}`} />
    <div class={page.between}>
      <div class={page.words}>
        <h2>{props.copy.title}</h2>
        <p class={page.lead}>{props.copy.lead}</p>
      </div>
      {props.children}
    </div>
  </>
);
