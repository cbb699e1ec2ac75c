/** Words of the components themselves. */
export const copy = {
  copied: "Copied",
  copyRefused: "The browser does not allow copying here. Select the text and copy it yourself.",
  /** Of what was typed into a field. */
  check: {
    valueMissing: "Fill this in.",
    badInput: "This has to be a number.",
    rangeUnderflow: (least: string) => `This has to be at least ${least}.`,
    rangeOverflow: (most: string) => `This can be at most ${most}.`,
    whole: "This has to be a whole number.",
    stepMismatch: (step: string) => `This goes in steps of ${step}.`,
    other: "This has another form than asked for.",
  },
  newTab: "opens in a new tab",
  aboutError: "About",
  undo: "Undo",
  requestId: "Request id",
  copyRequestId: "Copy the request id",
};
