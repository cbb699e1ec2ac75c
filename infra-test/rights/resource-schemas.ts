import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../program.ts";

interface Schema {
  typeName: string;
  handlers?: Record<string, { permissions?: string[] }>;
  tagging?: { permissions?: string[] };
}

/**
 * What CloudFormation calls to make, read, change and remove a resource of this type, by AWS's own
 * schema of it (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html).
 * cfn-lint, which moto brings along, carries these schemas.
 */
export function permissionsOf(type: string): string[] {
  const { handlers = {}, tagging } = schemaOf(type);
  // Stacks do not list what they have not made.
  const { list: _, ...used } = handlers;
  const declared = Object.values(used).flatMap(({ permissions = [] }) => permissions);
  return [...new Set([...declared, ...(tagging?.permissions ?? [])])].toSorted();
}

function schemaOf(type: string): Schema {
  const pattern = ".tools/python/lib/python3*/site-packages/cfnlint/data/schemas";
  const [schemas] = globSync(pattern, { cwd: root });
  if (!schemas) throw new Error(`There is no ${pattern}: run npm run test:aws once`);
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(root, schemas, name), "utf8"));
  const names = read("providers/us-east-1.json") as Record<string, string>;
  if (!names[type]) throw new Error(`CloudFormation has no schema of ${type}`);
  return read(`resources/${names[type]}.json`) as Schema;
}
