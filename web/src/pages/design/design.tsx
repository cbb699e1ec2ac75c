import page from "~/page-parts/page.module.css";
import { PageHead } from "~/page-parts/page-head.tsx";
import { PageTitle } from "~/page-parts/page-title.tsx";
import { copy as botsCopy } from "~/pages/bots/copy.ts";
import { Button } from "~/ui/button.tsx";
import { EmptyState } from "~/ui/empty-state.tsx";
import { Buttons, Codes, Colours, Errors, Notices, Tables, Waiting } from "./basics.tsx";
import { Charts } from "./charts.tsx";
import { copy } from "./copy.ts";
import styles from "./design.module.css";
import { Choices, Fields, Overlays } from "./inputs.tsx";
import { Chips, Publishing, Requests, Sources } from "./pieces.tsx";

/** Every component in every state: what the pages are made of, in one place to look at. */
export default function Design() {
  return (
    <div class={page.page}>
      <PageTitle title={copy.title} />
      <PageHead first title={copy.title} lead={copy.lead} />
      <Colours />
      <div class={styles.grid}>
        <Buttons />
        <Chips />
        <Fields />
        <Choices />
        <Notices />
        <Errors />
        <Overlays />
        <Waiting />
        <Sources />
        <Publishing />
        <Codes />
        <Requests />
      </div>
      <EmptyState
        icon="bot"
        title={botsCopy.emptyTitle}
        text={botsCopy.emptyText}
        action={<Button look="primary">{botsCopy.createFirst}</Button>}
      />
      <Tables />
      <Charts />
    </div>
  );
}
