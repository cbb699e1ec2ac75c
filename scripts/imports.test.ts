import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { wings } from "./lint/rooms.ts";
import { makeSandbox, root } from "./lint/sandbox.test-support.ts";

const { folder: sandbox, lint, lintSource } = makeSandbox();

/** What the linter, as configured, says of a file of that place that imports that module. */
const complaintsAbout = (place: string, module: string): string =>
  lintSource(place, `export * from ${JSON.stringify(module)};`);

const run = "packages/core/src/conversations/run";
const none = /^$/;
const cases: [place: string, module: string, complaint: RegExp][] = [
  [run, "@outlet/aws/clients", /imports nothing of ours/],
  [run, "@aws-sdk/client-sqs", /no SDK, no HTTP/],
  [run, "hono", /no SDK, no HTTP/],
  [run, "../../../../aws/src/clients.ts", /by name/],
  [run, "valibot", none],
  [run, "../conversation/mailbox.ts", none],
  [run, "../../records/usage/index.ts", none],
  [run, "../../records/usage/cost.ts", /by its index\.ts/],
  [run, "../../observability/alerts/index.ts", /lies below observability/],
  ["packages/core/src/attic/box", "../../ports/index.ts", /No wing of that name: attic/],
  ["packages/aws/src", "@outlet/core/ports", none],
  ["packages/aws/src", "@outlet/functions/authorizer/authorizer", /aws imports core of ours/],
  ["packages/aws/src", "hono", /no HTTP framework/],
  ["packages/functions/src", "@outlet/aws/clients", none],
  ["packages/functions/src", "@outlet/local/edge/edge", /functions imports aws, core of ours/],
  ["packages/local/src/edge", "@outlet/functions/authorizer/authorizer", none],
  ["packages/local/src/edge", "@outlet/conformance/report", /local imports/],
  ["packages/local/src/edge", "../../../functions/src/log.ts", /by name/],
  ["web/src/ui", "@outlet/core/bot", /the control API only/],
  ["web/src/ui", "~/pages/bots/copy.ts", /it knows no page/],
  ["web/src/ui", "~/page-parts/page-title.tsx", /it knows no page/],
  ["web/src/ui", "~/api/client.ts", /fetches nothing/],
  ["web/src/ui", "~/copy.ts", none],
  ["web/src/api", "~/ui/button.tsx", /shows nothing/],
  ["web/src/page-parts/shell", "~/pages/bots/copy.ts", /knows no page/],
  ["web/src/page-parts/shell", "~/ui/button.tsx", none],
  ["web/src/pages/bots/bot/keys", "~/pages/bots/bot/connect/copy.ts", /its own folder/],
  ["web/src/pages/bots/bot/keys", "../connect/copy.ts", /its own folder/],
  ["web/src/pages/bots/bot/keys", "../../../admin/copy.ts", /its own folder/],
  ["web/src/pages/bots/bot", "./keys/copy.ts", /its own folder/],
  ["web/src/pages/bots/bot/keys", "../copy.ts", none],
  ["web/src/pages/bots/bot/keys", "../../copy.ts", none],
  ["web/src/pages/bots/bot/keys", "./copy.ts", none],
  ["web/src/pages/bots/bot/keys", "~/page-parts/page-title.tsx", none],
];
describe("the linter", () => {
  test.each(cases)("has its say when %s imports %s", (place, module, complaint) => {
    expect(complaintsAbout(place, module)).toMatch(complaint);
  });

  test.each([
    ['import { Key } from "../../publishing/key/index.ts";\nexport const one = Key;', /keeps all/],
    ['import * as Key from "../../publishing/key/index.ts";\nexport const one = Key;', none],
    ['import { textOf } from "../run/index.ts";\nexport const one = textOf;', none],
    [
      'import type { Key } from "../../publishing/key/index.ts";\nexport type One = Key.Info;',
      none,
    ],
  ])("wants domains imported as namespaces: %s", (source, complaint) => {
    // What a domain gives itself for a name stands in its file.
    const core = join(sandbox, "packages/core/src");
    for (const domain of ["publishing/key", "conversations/run"]) {
      mkdirSync(join(core, domain), { recursive: true });
      writeFileSync(
        join(core, domain, "index.ts"),
        readFileSync(join(root, "packages/core/src", domain, "index.ts")),
      );
    }
    expect(lintSource("packages/core/src/conversations/bell", source)).toMatch(complaint);
  });

  test.each(wings.slice(1).map((wing, i) => [wings[i] ?? "", wing]))(
    "lets no file of %s import from %s, the wing above",
    (lower, upper) => {
      const complaint = complaintsAbout(
        `packages/core/src/${lower}/room`,
        `../../${upper}/room/index.ts`,
      );
      expect(complaint).toContain(`${lower} lies below ${upper}`);
    },
  );

  test("refuses a circle of files, even of types", () => {
    const folder = join(sandbox, "packages/core/src/bots/circle");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "other.ts"),
      'import type { A } from "./probe.ts";\nexport type B = A | null;\n',
    );
    writeFileSync(
      join(folder, "probe.ts"),
      'import type { B } from "./other.ts";\nexport type A = B[];\n',
    );
    const complaint = lint(folder);
    rmSync(folder, { recursive: true });
    expect(complaint).toContain("no-cycle");
  });
});
