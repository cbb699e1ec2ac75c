/** Of the page Connect: how to call the endpoint. */
export const copy = {
  what: "Snippets",
  failed: "The endpoint could not be loaded",
  title: "Call it from your program",
  lead: "Put a key in the variable OUTLET_KEY; keep it out of code and of web pages.",
  snippets: "Snippets",
  toKeys: "Generate a key",
};
