import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import "~/styles/code.css";

const languages = { bash, javascript, json, python };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

export type Language = keyof typeof languages;

/** @returns HTML: the code, escaped, with its parts marked. */
export const highlight = (code: string, language: Language): string =>
  hljs.highlight(code, { language }).value;
