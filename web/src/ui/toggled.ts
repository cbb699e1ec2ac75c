type Toggled = Event & { currentTarget: HTMLInputElement };

/**
 * Tells what somebody chose. The browser has drawn it already: what is drawn follows the state
 * alone, so that an act that is refused leaves the box as it was.
 * @param isChecked what the state is.
 */
export function toggled(
  { currentTarget: input }: Toggled,
  isChecked: boolean,
  onChange: (checked: boolean) => void,
): void {
  const { checked } = input;
  input.checked = isChecked;
  onChange(checked);
}
