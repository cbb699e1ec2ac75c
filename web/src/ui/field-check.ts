import { type Accessor, createEffect, createSignal, on } from "solid-js";
import { copy } from "./copy.ts";

type Control = HTMLInputElement | HTMLTextAreaElement;

/** What the browser finds wrong with what was typed, in the console's words. */
function wordsOf(control: Pick<Control, "validity"> & { [bound in Bound]?: string }): string {
  const { validity, min, max, step } = control;
  if (validity.badInput) return copy.check.badInput;
  if (validity.valueMissing) return copy.check.valueMissing;
  if (validity.rangeUnderflow) return copy.check.rangeUnderflow(min ?? "");
  if (validity.rangeOverflow) return copy.check.rangeOverflow(max ?? "");
  if (validity.stepMismatch) {
    return step === "1" ? copy.check.whole : copy.check.stepMismatch(step ?? "");
  }
  return copy.check.other;
}
type Bound = "min" | "max" | "step";

/**
 * The error beside a field: the API's, or the browser's own as soon as its form is submitted. The
 * first wrong field of a form is brought into sight and has the focus, whoever found it.
 */
export function createFieldCheck(given: Accessor<string | undefined>) {
  const [found, setFound] = createSignal<string>();
  /** What was refused is no more what stands there. */
  const [isChanged, setChanged] = createSignal(false);
  let control: Control | undefined;
  createEffect(
    on(given, (error) => {
      setChanged(false);
      // Once all fields of the form have been told.
      if (error) queueMicrotask(() => show(control, "[aria-invalid=true]"));
    }),
  );
  return {
    error: () => (isChanged() ? undefined : given()) ?? found(),
    ref: (element: Control) => {
      control = element;
    },
    /** Instead of the browser's own bubble, which says one thing at a time and goes away. */
    onInvalid: (event: Event) => {
      event.preventDefault();
      if (!control) return;
      setFound(wordsOf(control));
      show(control, ":invalid:not(fieldset)");
    },
    onInput: () => {
      setFound(undefined);
      setChanged(true);
    },
  };
}

/** Brings the control into sight and gives it the focus, if it is its form's first of that kind. */
function show(control: Control | undefined, wrong: string): void {
  if (!control || control.form?.querySelector(wrong) !== control) return;
  control.focus({ preventScroll: true });
  control.scrollIntoView({ block: "center" });
}
