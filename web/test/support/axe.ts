import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong on a page as it stands, one line each; by WCAG 2.2 AA and good practice. */
export async function violations(
  page: Page,
  options: { isOpen?: boolean } = {},
): Promise<string[]> {
  // Through the debugger, not as a script element: the page's policy allows its own files only.
  await page.evaluate(source);
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  // What lies under an open dialog is hidden on purpose: landmarks and headings are not looked for.
  if (!options.isOpen) rules.push("best-practice");
  const results = await page.evaluate(async (runOnly) => {
    const axe = Reflect.get(window, "axe") as { run: (options: object) => Promise<AxeResults> };
    return axe.run({ runOnly });
  }, rules);
  return results.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) =>
        `${violation.id}: ${violation.help}: ${node.html.slice(0, 300)} ${node.failureSummary ?? ""}`,
    ),
  );
}
