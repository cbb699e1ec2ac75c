/** Words that every part of the console uses. */
export const copy = {
  brand: "Outlet",
  loading: "Loading …",
  yes: "Yes",
  no: "No",
  none: "–",
  /** Where a publication is that is in no account of AWS. */
  thisMachine: "This machine",
  actions: {
    cancel: "Cancel",
    retry: "Try again",
    discard: "Discard changes",
  },
};
