/** Words that every part of the console uses. */
export const copy = {
  brand: "Outlet",
  loading: "Loading …",
  yes: "Yes",
  no: "No",
  none: "–",
  actions: {
    cancel: "Cancel",
    retry: "Try again",
    discard: "Discard changes",
  },
};
