import type { Statement } from "../sst/graph.ts";
import { policyText } from "./shape.ts";

const wafResource =
  /^(arn:aws:wafv2:[^:]*:\d*:(?:regional|global))\/(?:ipset|regexpatternset|rulegroup)\/([^/]+)\//;

/** Where a statement is about an IP set: how MiniStack 1.5.33 asks for it, to which every WAF call that gives a name is about a web ACL. */
function askedFor(arn: string): string[] {
  const [, scope, name] = wafResource.exec(arn) ?? [];
  return scope ? [`${scope}/webacl/${name}/*`] : [];
}

const onlyHttps = ({ Effect, Condition }: Statement): boolean =>
  Effect === "Deny" &&
  Object.keys(Condition ?? {}).length === 1 &&
  String(Condition?.Bool?.["aws:SecureTransport"]) === "false";

/**
 * A policy as the emulator can enforce what it means: without the refusal of plain HTTP, which is all that the emulator speaks, and with
 * the ARNs by which it looks for some resources. Nothing where no statement is left.
 */
export function enforceable(policy: unknown): string | undefined {
  const document = JSON.parse(policyText(policy));
  const statements: Statement[] = [document.Statement]
    .flat()
    .filter((statement) => !onlyHttps(statement));
  const Statement = statements.map((statement) => {
    const resources: string[] = [statement.Resource ?? []].flat();
    const asked = resources.flatMap(askedFor);
    return asked.length ? { ...statement, Resource: [...resources, ...asked] } : statement;
  });
  return Statement.length ? JSON.stringify({ ...document, Statement }) : undefined;
}
