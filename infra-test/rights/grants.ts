import { isDeepStrictEqual } from "node:util";
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { World } from "../applied/world.ts";

/** One action on one resource: the least that can be taken from a role. */
export interface Grant {
  role: string;
  policy: string;
  statement: number;
  action: string;
  resource: string;
}

interface Statement {
  Action: string | string[];
  Resource: string | string[];
}

/** Everything that a role's inline policies grant, as they are in the emulator now. */
export async function listGrants(world: World, role: string): Promise<Grant[]> {
  const { inputs } = roleResource(world, role);
  const policies = (inputs.inlinePolicies ?? []) as { name: string }[];
  const grants = await Promise.all(
    policies.map(async ({ name }) => {
      const { Statement } = await read(world, role, name);
      return Statement.flatMap(({ Action, Resource }, statement) =>
        [Action]
          .flat()
          .flatMap((action) =>
            [Resource]
              .flat()
              .map((resource) => ({ role, policy: name, statement, action, resource })),
          ),
      );
    }),
  );
  return grants.flat();
}

/** Takes it away until the work is done. */
export const without = <T>(world: World, grant: Grant, work: () => Promise<T>): Promise<T> =>
  whilePut(world, grant, work, (statements) =>
    statements.flatMap((s, i) => (i === grant.statement ? less(s, grant) : [s])),
  );

/** Grants an action as well, on what the role's first right is about, until the work is done. */
export async function withMore<T>(
  world: World,
  [first]: Grant[],
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!first) throw new Error("The role has no right to begin with");
  return whilePut(world, first, work, ([one, ...others]) =>
    one ? [one, ...others, { ...one, Action: [action], Resource: first.resource }] : others,
  );
}

async function whilePut<T>(
  world: World,
  { role, policy }: Grant,
  work: () => Promise<T>,
  change: (statements: Statement[]) => Statement[],
): Promise<T> {
  const document = await read(world, role, policy);
  const put = (Statement: Statement[]) =>
    world.app.client(IAMClient).send(
      new PutRolePolicyCommand({
        RoleName: role,
        PolicyName: policy,
        PolicyDocument: JSON.stringify({ ...document, Statement }),
      }),
    );
  const changed = change(document.Statement);
  await put(changed);
  try {
    const result = await work();
    const { Statement } = await read(world, role, policy);
    if (!isDeepStrictEqual(Statement, changed))
      throw new Error(`The policy of ${role} did not stay as it was put: nothing is proven`);
    return result;
  } finally {
    await put(document.Statement);
  }
}

/** The other actions on all resources, and this action on the other resources. */
function less(statement: Statement, { action, resource }: Grant): Statement[] {
  const others = [statement.Action].flat().filter((other) => other !== action);
  const elsewhere = [statement.Resource].flat().filter((other) => other !== resource);
  return [
    ...(others.length > 0 ? [{ ...statement, Action: others }] : []),
    ...(elsewhere.length > 0 ? [{ ...statement, Action: [action], Resource: elsewhere }] : []),
  ];
}

async function read(world: World, RoleName: string, PolicyName: string) {
  const { PolicyDocument = "" } = await world.app
    .client(IAMClient)
    .send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  return JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: Statement[] };
}

const roleResource = ({ app }: World, role: string) => {
  const found = app.graph
    .all("aws:iam/role:Role")
    .find(({ name, inputs }) => (inputs.name ?? name) === role);
  if (!found) throw new Error(`The app has no role ${role}`);
  return found;
};

/** Without account, Region, and what stage and SST add to a name: `RunQueueQueue`, `table/TableTable`. */
export const readable = ({ action, resource }: Pick<Grant, "action" | "resource">): string =>
  `${action} ${resource
    .replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, "")
    .replace("outlet-applied-", "")
    .replace(/-[a-z]{8}(?=$|\/)/, "")}`;
