/** Of calls of tools, wherever they are shown. */
export const copy = {
  label: (count: number) => (count === 1 ? "1 call of a tool" : `${count} calls of tools`),
  outcomes: {
    running: "running",
    succeeded: "answered",
    failed: "failed",
    unknown: "outcome unknown",
  },
  unknownHint:
    "It was broken off: whether it did what was asked is not known, and it was not repeated.",
  input: "Input",
  output: "Answer of the tool",
  copyInput: "Copy the input",
  copyOutput: "Copy the answer of the tool",
  took: (time: string) => `took ${time}`,
};
