/** Of lists and their filters. */
export const copy = {
  clear: "Clear filters",
};
