import { createSignal, onCleanup } from "solid-js";
import { announce } from "./announcer.tsx";
import { Button, type Look } from "./button.tsx";
import { copy } from "./copy.ts";
import { Icon } from "./icon.tsx";

interface Props {
  value: string;
  /** What is copied: "Copy the endpoint". */
  label: string;
  look?: Look;
  /** Show the label, not the icon alone. */
  words?: boolean;
}

export function CopyButton(props: Props) {
  const [copied, setCopied] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const onClick = async () => {
    try {
      await navigator.clipboard.writeText(props.value);
    } catch {
      announce(copy.copyRefused, "bad");
      return;
    }
    setCopied(true);
    announce(copy.copied);
    timer = setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <Button
      size="small"
      look={props.look ?? "secondary"}
      aria-label={props.words ? undefined : props.label}
      title={props.words ? undefined : props.label}
      onClick={() => void onClick()}
    >
      <Icon name={copied() ? "check" : "copy"} />
      {props.words ? props.label : null}
    </Button>
  );
}
