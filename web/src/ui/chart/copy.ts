/** Words of every chart. */
export const copy = {
  showTable: "Table",
  showTableOf: (title: string) => `${title} as a table`,
  tableOf: (title: string) => `Values of ${title}`,
  time: "Time",
  none: "–",
  leftOut: "Times without any are left out.",
  empty: "Nothing in this time",
  noPoint: "No time chosen",
  keys: "Left and right arrow keys move through time, Page Up and Page Down further, Home and End to the first and last values, Escape chooses no time.",
};
