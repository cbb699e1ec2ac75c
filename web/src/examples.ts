// Files that the suite runs: what is copied from here works.
// Texts here, and modules only where the suite runs them: the linter looks for their exports.
// oxlint-disable-next-line import/default
import chatJavascript from "../../examples/chat.mjs?raw";
import chatPython from "../../examples/chat.py?raw";
import curl from "../../examples/curl.sh?raw";
import nativeCurl from "../../examples/curl-native.sh?raw";
// oxlint-disable-next-line import/default
import javascript from "../../examples/javascript.mjs?raw";
import mcp from "../../examples/mcp.json?raw";
import vscode from "../../examples/mcp-vscode.json?raw";
// oxlint-disable-next-line import/default
import openaiJavascript from "../../examples/openai.mjs?raw";
import openaiPython from "../../examples/openai.py?raw";
import python from "../../examples/python.py?raw";
import type { Language } from "./ui/highlight.ts";

const files = {
  curl,
  openaiPython,
  openaiJavascript,
  chatPython,
  chatJavascript,
  nativeCurl,
  python,
  javascript,
  mcp,
  vscode,
};
export type Example = keyof typeof files;

/** By the API that they speak, in the order in which they are shown. */
export const examplesOf = {
  responses: ["curl", "openaiPython", "openaiJavascript"],
  chat: ["chatPython", "chatJavascript"],
  native: ["nativeCurl", "python", "javascript"],
  mcp: ["mcp", "vscode"],
} as const satisfies Record<string, readonly Example[]>;
export type Face = keyof typeof examplesOf;

export const languageOf: Record<Example, Language> = {
  curl: "bash",
  openaiPython: "python",
  openaiJavascript: "javascript",
  chatPython: "python",
  chatJavascript: "javascript",
  nativeCurl: "bash",
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
  return file.replaceAll(asked, () => (languageOf[name] === "bash" ? shell : quoted));
}
