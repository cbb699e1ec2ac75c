import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const sandbox = mkdtempSync(join(tmpdir(), "outlet-imports-"));
for (const name of [".oxlintrc.json", "node_modules"]) {
  symlinkSync(join(root, name), join(sandbox, name));
}
afterAll(() => rmSync(sandbox, { recursive: true }));

/** Whether the linter, as configured, lets a file of that place import that module. */
function allows(place: string, module: string): boolean {
  const file = join(sandbox, place, "probe.ts");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `export * from ${JSON.stringify(module)};\n`);
  try {
    execFileSync(join(root, "node_modules/.bin/oxlint"), [file], { cwd: sandbox, stdio: "pipe" });
    return true;
  } catch (error) {
    expect(String((error as { stdout: Buffer }).stdout)).toContain("no-restricted-imports");
    return false;
  } finally {
    rmSync(file);
  }
}

const cases: [place: string, module: string, allowed: boolean][] = [
  ["packages/core/src/run", "@outlet/aws/clients", false],
  ["packages/core/src/run", "@aws-sdk/client-sqs", false],
  ["packages/core/src/run", "hono", false],
  ["packages/core/src/run", "../../../aws/src/clients.ts", false],
  ["packages/core/src/run", "valibot", true],
  ["packages/aws/src", "@outlet/core/ports", true],
  ["packages/aws/src", "@outlet/functions/worker", false],
  ["packages/aws/src", "hono", false],
  ["packages/functions/src", "@outlet/aws/clients", true],
  ["packages/functions/src", "@outlet/local/edge/edge", false],
  ["packages/local/src/edge", "@outlet/functions/worker", true],
  ["packages/local/src/edge", "../../../functions/src/worker.ts", false],
  ["web/src/ui", "@outlet/core/bot", false],
  ["web/src/ui", "~/pages/bots/copy.ts", false],
  ["web/src/ui", "~/page-parts/page-title.tsx", false],
  ["web/src/ui", "~/api/client.ts", false],
  ["web/src/ui", "~/copy.ts", true],
  ["web/src/api", "~/ui/button.tsx", false],
  ["web/src/page-parts/shell", "~/pages/bots/copy.ts", false],
  ["web/src/page-parts/shell", "~/ui/button.tsx", true],
  ["web/src/pages/bots/bot/keys", "~/pages/bots/bot/connect/copy.ts", false],
  ["web/src/pages/bots/bot/keys", "../connect/copy.ts", false],
  ["web/src/pages/bots/bot/keys", "../../../admin/copy.ts", false],
  ["web/src/pages/bots/bot", "./keys/copy.ts", false],
  ["web/src/pages/bots/bot/keys", "../copy.ts", true],
  ["web/src/pages/bots/bot/keys", "../../copy.ts", true],
  ["web/src/pages/bots/bot/keys", "./copy.ts", true],
  ["web/src/pages/bots/bot/keys", "~/page-parts/page-title.tsx", true],
];
for (const [place, module, allowed] of cases) {
  test(`${place} ${allowed ? "may" : "may not"} import ${module}`, () => {
    expect(allows(place, module)).toBe(allowed);
  });
}

test("files may not import each other in a circle, not even types", () => {
  const folder = join(sandbox, "packages/core/src/circle");
  mkdirSync(folder, { recursive: true });
  const other = join(folder, "other.ts");
  writeFileSync(other, 'import type { A } from "./probe.ts";\nexport type B = A | null;\n');
  writeFileSync(
    join(folder, "probe.ts"),
    'import type { B } from "./other.ts";\nexport type A = B[];\n',
  );
  const lint = spawnSync(join(root, "node_modules/.bin/oxlint"), [folder], { cwd: sandbox });
  rmSync(folder, { recursive: true });
  expect(String(lint.stdout)).toContain("no-cycle");
});
