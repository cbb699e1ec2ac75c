// Files that the suite runs: what is copied from here works.
import curl from "../../examples/curl.sh?raw";
import mcp from "../../examples/mcp.json?raw";
import vscode from "../../examples/mcp-vscode.json?raw";
// A text here, and a module only where the suite runs it: the linter looks for its exports.
// oxlint-disable-next-line import/default
import javascript from "../../examples/openai.mjs?raw";
import python from "../../examples/openai.py?raw";

const files = { curl, python, javascript, mcp, vscode };
export type Example = keyof typeof files;

/** In the order in which they are shown. */
export const examples = ["curl", "python", "javascript", "mcp", "vscode"] as const;

/** The example for one bot. */
export const exampleOf = (name: Example, endpoint: string): string =>
  files[name].trimEnd().replaceAll("https://ENDPOINT", endpoint);
