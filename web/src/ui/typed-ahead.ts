/**
 * Keeps the keys that are pressed while a menu or a list opens, and hands them on once it has the
 * focus. Kobalte moves the focus there in timers, and a busy browser handles key presses before
 * timers: to whoever types faster than the page is, Enter would be lost on the button.
 */
export function keepTypedAhead(): void {
  const kept: KeyboardEvent[] = [];
  const keep = (event: KeyboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    // The key that opened it, still held down, chooses nothing.
    if (!event.repeat) kept.push(event);
  };
  document.addEventListener("keydown", keep, true);
  const handOn = () => {
    document.removeEventListener("keydown", keep, true);
    let isOver = false;
    for (const event of kept) {
      // Whatever follows a choice is not for the list that was chosen from: of a dialog that the
      // choice has opened, an Escape is the dialog's.
      if (isOver && event.key !== "Escape") continue;
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", event));
      isOver ||= endsIt.has(event.key);
    }
  };
  // Timers go off in order: by the second of ours, Kobalte's have.
  setTimeout(() => setTimeout(handOn));
}

const endsIt = new Set(["Enter", " ", "Escape", "Tab"]);
