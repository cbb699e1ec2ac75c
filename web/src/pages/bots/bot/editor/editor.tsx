import { useCurrentBot } from "../bot-context.ts";
import Playground from "../playground.tsx";
import { DeleteBot } from "./delete-bot.tsx";
import { createDraft } from "./draft.ts";
import styles from "./editor.module.css";
import { KnowledgeCard } from "./knowledge.tsx";
import { SearchCard } from "./search-knowledge.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { SharingCard } from "./sharing.tsx";

export default function Editor() {
  const bot = useCurrentBot();
  const draft = createDraft(bot);
  return (
    <div class={styles.columns}>
      <div class={styles.column}>
        <SettingsForm draft={draft} />
        <KnowledgeCard />
        <SearchCard />
        <SharingCard />
        <DeleteBot />
      </div>
      <div class={styles.side}>
        <Playground mode="draft" isDirty={draft.isDirty()} save={draft.save} />
      </div>
    </div>
  );
}
