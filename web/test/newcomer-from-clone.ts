/**
 * A newcomer, in a real browser, by nothing but the README: clones the repository into an empty
 * folder, installs, starts Outlet, and comes to the first answer of a bot of one's own.
 * `npm run newcomer` says how long it took and how many clicks, and fails over 90 s or 12 clicks.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { launch } from "./fixture/browser.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const secondsMax = 90;
const clicksMax = 12;

const place = mkdtempSync(join(tmpdir(), "outlet-newcomer-"));
const clone = join(place, "outlet");
try {
  await main();
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function main(): Promise<void> {
  run("git", ["clone", "--quiet", "--depth", "1", `file://${root}`, clone], place);
  const installing = performance.now();
  run("npm", ["install", "--no-save", "--include=dev", "--include=optional"], clone);
  say(`installed in ${seconds(installing)} s`);

  const begin = performance.now();
  // As the README says, but for the port: another Outlet may have it.
  const outlet = spawn("npm", ["start", "--silent", "--", "--port", "0"], {
    cwd: clone,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ended = once(outlet, "exit");
  try {
    const url = await consoleUrl(outlet.stdout);
    say(`started in ${seconds(begin)} s: ${url}`);
    const clicks = await firstAnswer(url);
    const took = seconds(begin);
    say(`the first answer after ${took} s and ${clicks} clicks`);
    if (took > secondsMax || clicks > clicksMax) {
      throw new Error(`At most ${secondsMax} s and ${clicksMax} clicks are allowed.`);
    }
  } finally {
    if (outlet.pid !== undefined) process.kill(-outlet.pid, "SIGTERM");
    await ended;
  }
}

function run(command: string, args: string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}.`);
}

/** As it is printed: whoever reads it opens it. */
async function consoleUrl(output: NodeJS.ReadableStream): Promise<string> {
  let said = "";
  for await (const chunk of output) {
    said += String(chunk);
    const url = /Console +(\S+)/.exec(said)?.[1];
    if (url) return url;
  }
  throw new Error(`npm start ended without a console:\n${said}`);
}

/** @returns how many clicks it took; no page is come to twice. */
async function firstAnswer(url: string): Promise<number> {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const visited = follow(page);
    let clicks = 0;
    const click = async (name: string) => {
      clicks += 1;
      await page.getByRole("button", { name, exact: true }).click();
    };
    await page.goto(url);
    await click("Open as owner");
    await click("Use this one: Support from a handbook");
    await page.getByRole("heading", { level: 1, name: "Support from a handbook" }).waitFor();
    const pages = page.getByRole("navigation", { name: "Pages of this bot" });
    clicks += 1;
    await pages.getByRole("link", { name: "Publish", exact: true }).click();
    await click("Share and publish bot");
    await click("Generate the first key");
    await page.getByLabel("Question").fill("When is the shop open on Saturday?");
    await click("Ask");
    await page.getByText(/^Answered in /).waitFor();
    const answer = await page.getByRole("log", { name: "Conversation" }).innerText();
    if (!answer.includes("Saturday")) throw new Error(`It was answered: ${answer}`);
    const twice = visited.filter((path, at) => visited.indexOf(path) !== at);
    if (twice.length > 0) throw new Error(`Come to twice: ${twice.join(", ")}`);
    return clicks;
  } finally {
    await browser.close();
  }
}

/** Pages of the console, in the order in which they are come to; signing in is none of them. */
function follow(page: Page): string[] {
  const visited: string[] = [];
  page.on("framenavigated", (frame) => {
    const { pathname } = new URL(frame.url());
    if (frame !== page.mainFrame() || /^\/(oidc|auth)\//.test(pathname)) return;
    // Before signing in the console had nothing to show.
    if (pathname === "/" && visited.length <= 1) visited.length = 0;
    if (visited.at(-1) !== pathname) visited.push(pathname);
  });
  return visited;
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
