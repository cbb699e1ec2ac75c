/** Of ranges of time. */
export const copy = {
  label: "Time",
  custom: "From … to …",
  from: "From",
  to: "To",
  order: "From has to be before to.",
  lasts: {
    "1h": "Last hour",
    "6h": "Last 6 hours",
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "365d": "Last 365 days",
  },
};
