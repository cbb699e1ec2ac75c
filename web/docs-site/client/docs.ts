import "./docs.css";
import MiniSearch from "minisearch";
import { type Found, searchOptions } from "../search-options.ts";

const shownMax = 20;
const input = document.querySelector<HTMLInputElement>("#search");
const found = document.querySelector<HTMLElement>("#found");
const article = document.querySelector("article");
const indexUrl = document.body.dataset.searchIndex ?? "";

let opened: Promise<MiniSearch<Found>> | undefined;
/** Fetched once somebody is about to search. */
function openIndex(): Promise<MiniSearch<Found>> {
  opened ??= fetch(indexUrl)
    .then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status}`);
      return answer.text();
    })
    .then((text) => MiniSearch.loadJSONAsync<Found>(text, searchOptions))
    .catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
  return opened;
}

async function search(words: string): Promise<void> {
  if (!found || !article) return;
  const asked = words.trim();
  found.hidden = asked === "";
  article.hidden = asked !== "";
  if (asked === "") return;
  try {
    const all = (await openIndex()).search(asked);
    const results = all.filter((_, rank) => rank < shownMax);
    if (input?.value.trim() !== asked) return;
    found.replaceChildren(heading(results.length, asked), list(results.map(itemOf)));
  } catch {
    found.replaceChildren(
      said("The search could not be loaded. Check the connection, then type on."),
    );
  }
}

type Result = Omit<Found, "text">;
const itemOf = (result: { id: string; [name: string]: unknown }): Result => ({
  id: result.id,
  page: String(result["page"]),
  heading: String(result["heading"]),
  excerpt: String(result["excerpt"]),
});

function heading(count: number, asked: string): HTMLElement {
  const line = document.createElement("h1");
  line.textContent = count === 0 ? `Nothing found for “${asked}”` : `${count} found for “${asked}”`;
  line.setAttribute("role", "status");
  return line;
}

function said(text: string): HTMLElement {
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = text;
  return line;
}

function list(results: Result[]): HTMLElement {
  const items = document.createElement("ul");
  items.className = "results";
  for (const result of results) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = result.id;
    link.textContent =
      result.heading === result.page ? result.page : `${result.page} › ${result.heading}`;
    const text = document.createElement("p");
    text.textContent = result.excerpt;
    item.append(link, text);
    items.append(item);
  }
  // A heading of the page that is open is reached without loading it again.
  items.addEventListener("click", (event) => {
    if (event.target instanceof HTMLAnchorElement) clear();
  });
  return items;
}

function clear(): void {
  if (input) input.value = "";
  void search("");
}

/** The results are links: the arrow keys go through them as they do through a menu. */
function move(by: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".results a")];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at + by];
  if (next) next.focus();
  else if (by === -1 && at === 0) input?.focus();
  return next !== undefined || at === 0;
}

if (input) {
  input.addEventListener("focus", () => void openIndex().catch(() => undefined));
  input.addEventListener("input", () => void search(input.value));
  input.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    move(1);
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    input.value = asked;
    void search(asked);
  }
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    input?.focus();
  }
  if (event.key === "Escape" && found && !found.hidden) {
    clear();
    input?.focus();
  }
  const inResults = event.target === input || found?.contains(document.activeElement);
  if (!inResults || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  if (move(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
});
