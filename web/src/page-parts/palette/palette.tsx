import { createSignal } from "solid-js";
import { Dialog } from "~/ui/dialog.tsx";
import { SearchList } from "~/ui/search-list.tsx";
import { useCommands } from "./commands.ts";
import { copy } from "./copy.ts";
import { matching } from "./matching.ts";

/** Bots, pages and actions by name: what the keyboard is quicker at than the pointer. */
export default function Palette(props: {
  open: boolean;
  onClose: () => void;
  onShowKeys: () => void;
}) {
  const commands = useCommands(() => props.onShowKeys());
  const [typed, setTyped] = createSignal("");
  const close = () => {
    setTyped("");
    props.onClose();
  };
  return (
    <Dialog open={props.open} onClose={close} title={copy.title}>
      <SearchList
        label={copy.label}
        placeholder={copy.placeholder}
        none={copy.none}
        options={matching(commands(), typed()).map((command) => ({
          ...command,
          note: copy.groups[command.kind],
        }))}
        onInput={setTyped}
        onChoose={(command) => {
          close();
          command.run();
        }}
      />
    </Dialog>
  );
}
