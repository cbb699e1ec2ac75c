/**
 * `npm run outside`: shows that a change of the inside changed nothing that is seen from outside.
 * `--help` says how.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { accepted, collect, type Documents, type Part, partNames } from "./collect.ts";
import { compare, type Difference } from "./compare.ts";
import { digestOf, writeDigest } from "./digest.ts";

const usage = `What is seen of Outlet from outside: the APIs' descriptions, what they answer to bad
requests, the stacks of published bots, the resources of a deployment, the console's words.

  npm run outside -- --write DIR      writes it to files
  npm run outside -- --compare DIR    compares it with such files; fails where anything differs
  npm run outside -- --accept         notes it as meant, in scripts/outside/digest.json

  --parts NAMES   only these: ${partNames.join(",")}
  --root DIR      of another tree of this repository, installed as this one is
  --lines N       how many differences of each document to show (20)
`;

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      write: { type: "string" },
      compare: { type: "string" },
      accept: { type: "boolean", default: false },
      parts: { type: "string", default: partNames.join(",") },
      root: { type: "string", default: fileURLToPath(new URL("../..", import.meta.url)) },
      lines: { type: "string", default: "20" },
      help: { type: "boolean", default: false },
    },
  });
  const { write, compare: with_, accept } = values;
  if (values.help || (write === undefined && with_ === undefined && !accept)) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  const parts = accept ? accepted : values.parts.split(",").map(partOf);
  const documents = await collect(resolve(values.root), parts);
  if (write !== undefined) await writeTo(write, documents);
  if (accept) await writeDigest(digestOf(documents));
  if (with_ === undefined) return 0;
  const before = await readFrom(with_, parts);
  const differences = compare(before, documents);
  process.stdout.write(report(Object.keys(documents), differences, Number(values.lines)));
  return differences.length > 0 ? 1 : 0;
}

function partOf(name: string): Part {
  const part = partNames.find((candidate) => candidate === name);
  if (part) return part;
  throw new Error(`--parts takes ${partNames.join(", ")}, not "${name}".`);
}

/** Documents are named `part/name`, and so are their files. */
async function writeTo(folder: string, documents: Documents): Promise<void> {
  for (const part of new Set(Object.keys(documents).map((name) => name.split("/")[0] ?? ""))) {
    await rm(join(folder, part), { recursive: true, force: true });
    await mkdir(join(folder, part), { recursive: true });
  }
  for (const [name, document] of Object.entries(documents)) {
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(document, null, 1)}\n`);
  }
}

async function readFrom(folder: string, parts: readonly Part[]): Promise<Documents> {
  const documents: Documents = {};
  for (const part of parts) {
    for (const file of await readdir(join(folder, part))) {
      const name = `${part}/${file.replace(/\.json$/, "")}`;
      documents[name] = JSON.parse(await readFile(join(folder, part, file), "utf8"));
    }
  }
  return documents;
}

function report(names: string[], differences: Difference[], lines: number): string {
  const all = [...new Set([...names, ...differences.map(({ document }) => document)])].toSorted();
  return all
    .map((name) => {
      const found = differences.filter(({ document }) => document === name);
      if (found.length === 0) return `same     ${name}\n`;
      const shown = found.slice(0, lines).map(describe).join("");
      const rest = found.length > lines ? `    and ${found.length - lines} more\n` : "";
      return `DIFFERS  ${name}: ${count(found)}\n${shown}${rest}`;
    })
    .join("");
}

function count(differences: Difference[]): string {
  const fresh = differences.filter(({ before }) => before === undefined).length;
  const gone = differences.filter(({ now }) => now === undefined).length;
  return `${differences.length - fresh - gone} changed, ${fresh} new, ${gone} gone`;
}

function describe({ place, before, now }: Difference): string {
  const old = before === undefined ? "" : `      - ${before.slice(0, 400)}\n`;
  const fresh = now === undefined ? "" : `      + ${now.slice(0, 400)}\n`;
  return `    ${place}\n${old}${fresh}`;
}
