import type { Language } from "./ui/highlight.ts";
// Files that the suite runs: what is copied from here works.
import curl from "../../examples/curl.sh?raw";
// Texts here, and modules only where the suite runs them: the linter looks for their exports.
// oxlint-disable-next-line import/default
import javascript from "../../examples/javascript.mjs?raw";
import mcp from "../../examples/mcp.json?raw";
import vscode from "../../examples/mcp-vscode.json?raw";
// oxlint-disable-next-line import/default
import openaiJavascript from "../../examples/openai.mjs?raw";
import openaiPython from "../../examples/openai.py?raw";
import python from "../../examples/python.py?raw";

const files = { curl, openaiPython, openaiJavascript, python, javascript, mcp, vscode };
export type Example = keyof typeof files;

/** In the order in which they are shown. */
export const examples = [
  "curl",
  "openaiPython",
  "openaiJavascript",
  "python",
  "javascript",
  "mcp",
  "vscode",
] as const;

export const languageOf: Record<Example, Language> = {
  curl: "bash",
  openaiPython: "python",
  openaiJavascript: "javascript",
  python: "python",
  javascript: "javascript",
  mcp: "json",
  vscode: "json",
};

const asked = "What can you do?";

/** The example for one bot, asking what it is known to answer. */
export function exampleOf(name: Example, endpoint: string, question: string | null): string {
  const file = files[name].trimEnd().replaceAll("https://ENDPOINT", () => endpoint);
  if (question === null) return file;
  // As it stands in JSON it stands in all of these; in a shell's quotes it must not end them.
  const quoted = JSON.stringify(question).slice(1, -1);
  const shell = quoted.replaceAll("'", () => "'\\''");
  return file.replaceAll(asked, () => (name === "curl" ? shell : quoted));
}
