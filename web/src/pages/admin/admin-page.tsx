import type { ComponentProps, JSX } from "solid-js";
import { DownloadCsv } from "~/page-parts/csv/download-csv.tsx";
import page from "~/page-parts/page.module.css";
import { PageTitle } from "~/page-parts/page-title.tsx";
import styles from "./admin.module.css";
import { copy } from "./copy.ts";

interface Props {
  copy: { title: string; lead: string };
  /** All that the page shows, as a file. */
  csv: ComponentProps<typeof DownloadCsv>;
  filters: JSX.Element;
  children: JSX.Element;
}

/** One of the administrator's pages; in the window's title which of them it is comes first. */
export const AdminPage = (props: Props) => (
  <div class={page.page}>
    <PageTitle title={`${props.copy.title} · ${copy.title}`} />
    <div class={page.between}>
      <div class={page.words}>
        <h2>{props.copy.title}</h2>
        <p class={page.lead}>{props.copy.lead}</p>
      </div>
      <DownloadCsv {...props.csv} />
    </div>
    <div class={styles.filters}>{props.filters}</div>
    {props.children}
  </div>
);
