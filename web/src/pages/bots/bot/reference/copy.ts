/** Of the page Reference: the endpoint's routes. */
export const copy = {
  what: "Routes",
  failed: "The endpoint could not be loaded",
  title: "Routes of this endpoint",
  lead: "Send a key as “x-api-key” or as “Authorization: Bearer”. Bodies are JSON.",
  toDocs: "Every field and every answer",
  faces: {
    native: { title: "Outlet's own API", hint: "Accepted at once, answered in order." },
    openai: { title: "For OpenAI's clients", hint: "Set the base URL with /v1 behind it." },
    mcp: { title: "For MCP clients", hint: "Set the URL with /mcp behind it." },
    about: { title: "About the endpoint", hint: "What it is, and what the key may do." },
  },
  base: "Base URL",
  copyBase: "Copy the base URL",
  body: "Body",
  answer: "Answer",
  example: (what: string, route: string) => `${what} of ${route}`,
  copyExample: (label: string) => `Copy: ${label}`,
  errorsTitle: "Errors",
  errorsLead: "From the app: RFC 9457 problem documents. From the gateway: one short message.",
  columns: { status: "Status", body: "Says", meaning: "What to do" },
};
