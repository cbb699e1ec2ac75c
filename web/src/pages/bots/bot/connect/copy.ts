/** Of the page Connect: how to call the endpoint. */
export const copy = {
  what: "Snippets",
  failed: "The endpoint could not be loaded",
  title: "Call it from your program",
  lead: "Put a key in the variable OUTLET_KEY; keep it out of code and of web pages.",
  snippets: "Snippets",
  languages: {
    curl: "curl",
    python: "Python",
    javascript: "JavaScript",
    mcp: "MCP",
    vscode: "MCP in VS Code",
  },
  snippetLabel: (language: string) => `${language} snippet`,
  copySnippet: (language: string) => `Copy the ${language} snippet`,
  toKeys: "Generate one",
};
