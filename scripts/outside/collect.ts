/** What can be seen of Outlet from outside: one document for each thing that somebody relies on. */
import { collectCopy } from "./copy.ts";
import { controlDocument, operationsOf, publishedDocument } from "./documents.ts";
import { collectGraphs } from "./graphs.ts";
import { startOutlet } from "./outlet.ts";
import { controlProblems, publishedProblems } from "./problems.ts";
import { collectTemplates } from "./templates.ts";

/** JSON by the document's name, `part/name`. */
export type Documents = Record<string, unknown>;

const collectors = {
  templates: collectTemplates,
  graphs: collectGraphs,
  copy: collectCopy,
  apis: collectApis,
} satisfies Record<string, (root: string) => Promise<Documents>>;

export type Part = keyof typeof collectors;
export const partNames = Object.keys(collectors) as Part[];

/** What a test holds. The others need SST installed, or change with every word of the console. */
export const accepted: readonly Part[] = ["templates", "apis"];

/** @param root of a tree of this repository that has been installed. */
export async function collect(root: string, parts: readonly Part[]): Promise<Documents> {
  const documents: Documents = {};
  for (const part of parts) {
    for (const [name, document] of Object.entries(await collectors[part](root))) {
      documents[`${part}/${name}`] = document;
    }
  }
  return documents;
}

async function collectApis(root: string): Promise<Documents> {
  const outlet = await startOutlet(root);
  try {
    const document = await controlDocument(outlet);
    return {
      "control-api.openapi": document,
      ...(await publishedDocument(outlet)),
      "control-api.problems": await controlProblems(outlet, operationsOf(document)),
      "published-api.problems": await publishedProblems(outlet),
    };
  } finally {
    await outlet.stop();
  }
}
