/** Of downloads. */
export const copy = {
  download: "Download CSV",
  done: "The file is in your downloads",
  partial: "The file ends early: there are more rows than a download takes. Choose a shorter time.",
  failed: (cause: string) => `The file could not be made. ${cause}`,
};
