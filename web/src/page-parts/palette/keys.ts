import { onCleanup, onMount } from "solid-js";
import { announce } from "~/ui/announcer.tsx";
import { copy } from "./copy.ts";

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
/** As it stands on the keyboard in front of one. */
export const modifier = isApple ? "⌘" : "Ctrl";

const helpName = "outlet.help-key";
/** A key without a modifier can be in somebody's way: it can be switched off (WCAG 2.2, 2.1.4). */
export const isHelpKeyOn = (): boolean => localStorage.getItem(helpName) !== "off";
export function setHelpKey(on: boolean): void {
  if (on) localStorage.removeItem(helpName);
  else localStorage.setItem(helpName, "off");
}

/** The keys that work on every page, wherever the focus is. */
export function useKeys(acts: { search: () => void; help: () => void }): void {
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const key = event.key.toLowerCase();
    const isModified = isApple ? event.metaKey : event.ctrlKey;
    if (isModified && !event.shiftKey && (key === "k" || key === "s")) {
      event.preventDefault();
      // What is open may show what cannot be had again: first it is closed.
      if (event.repeat || document.querySelector("[role=dialog]")) return;
      if (key === "k") acts.search();
      else save();
    } else if (key === "?" && !event.ctrlKey && !event.metaKey && isHelpKeyOn()) {
      if (isTyping(event.target) || document.querySelector("[role=dialog], [role=menu]")) return;
      event.preventDefault();
      acts.help();
    }
  };
  onMount(() => document.addEventListener("keydown", listen));
  onCleanup(() => document.removeEventListener("keydown", listen));
}

/** Submits the form that has unsaved changes: the one that has the focus, else the first. */
function save(): void {
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-unsaved]")];
  const form = forms.find((one) => one.contains(document.activeElement)) ?? forms[0];
  if (form) form.requestSubmit();
  else announce(copy.nothingToSave);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select, [role=combobox]"));
