import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import http from "highlight.js/lib/languages/http";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { escapeHtml } from "./page.ts";

const languages = { bash, http, javascript, json, python, xml, yaml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

const aliases: Record<string, string> = { sh: "bash", js: "javascript", mjs: "javascript" };

/** @returns HTML; plain, but escaped, where nothing is known of the language. */
export function highlight(code: string, language: string): string {
  const name = aliases[language] ?? language;
  if (!hljs.getLanguage(name)) return escapeHtml(code);
  return hljs.highlight(code, { language: name }).value;
}
