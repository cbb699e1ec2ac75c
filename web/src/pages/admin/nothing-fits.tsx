import { adminCopy as copy } from "../../copy-admin.ts";
import { Button } from "../../ui/button.tsx";
import page from "../page.module.css";

export const NothingFits = (props: { onClear: () => void }) => (
  <div class={page.row}>
    <p>{copy.nothingFits}</p>
    <Button size="small" onClick={() => props.onClear()}>
      {copy.clear}
    </Button>
  </div>
);
