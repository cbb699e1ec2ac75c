import type { StackEvent } from "@aws-sdk/client-cloudformation";
import type { StackStatus } from "@outlet/core/ports";
import * as Text from "@outlet/core/foundation/text";

/** The last thing that was done to a stack, as its events tell it. */
export interface StackOperation {
  /** The client request token it was started with; empty where it had none. */
  token: string;
  /** When its newest event was, in milliseconds since the epoch. */
  at: number;
  /** Newest first, of this operation alone. */
  events: StackEvent[];
  /** What CloudFormation's validation found before it began, where that was the end of it. */
  finding?: string;
}

/**
 * All events of one operation carry its token; rollbacks carry the token of what they roll back.
 * @param events newest first.
 */
export function lastOperation(events: StackEvent[]): StackOperation {
  const token = events[0]?.ClientRequestToken ?? "";
  const end = events.findIndex((event) => (event.ClientRequestToken ?? "") !== token);
  return {
    token,
    at: events[0]?.Timestamp?.getTime() ?? 0,
    events: end === -1 ? events : events.slice(0, end),
  };
}

/** Resources finished, of how many, and the one at work now. */
export function progressOf(
  { events }: StackOperation,
  total: number,
): NonNullable<StackStatus["progress"]> {
  const newest = new Map<string, StackEvent>();
  for (const event of events.filter(isOfResource)) {
    const id = event.LogicalResourceId ?? "";
    if (!newest.has(id)) newest.set(id, event);
  }
  const done = [...newest.values()].filter(({ ResourceStatus = "" }) =>
    /_(COMPLETE|SKIPPED)$/.test(ResourceStatus),
  ).length;
  const current = [...newest].find(([, event]) => event.ResourceStatus?.endsWith("_IN_PROGRESS"));
  return { done: Math.min(done, total), total, current: current?.[0] ?? null };
}

/**
 * Why it failed: the first failure is the cause, those after it are cancellations and rollbacks.
 * Request ids and the service's name are left out.
 */
export function failureOf(operation: StackOperation): string {
  const failures = operation.events.filter(
    ({ ResourceStatus = "", ResourceStatusReason = "" }) =>
      ResourceStatus.endsWith("_FAILED") && !/cancelled/i.test(ResourceStatusReason),
  );
  const first = failures.filter(isOfResource).at(-1) ?? failures.at(-1);
  if (operation.finding) return operation.finding;
  if (!first) return "CloudFormation gave no reason.";
  const said = (first.ResourceStatusReason ?? "no reason given").replace(
    /\s?\((?:RequestToken|Service|HandlerErrorCode)\b[^()]*\)/g,
    "",
  );
  const reason = Text.cut(said, 500);
  return `${first.LogicalResourceId ?? "The stack"}: ${reason}`;
}

/**
 * Failures that another try may mend: the control plane's rate limits, and WAF not yet knowing a
 * stage that has just been made
 * (https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html).
 */
export function isPassing(reason: string): boolean {
  return /WAFUnavailableEntity|couldn.t retrieve the resource|Throttl|Too ?Many ?Requests|Rate exceeded|ServiceUnavailable|InternalFailure|Internal Failure/i.test(
    reason,
  );
}

const isOfResource = (event: StackEvent): boolean =>
  event.ResourceType !== "AWS::CloudFormation::Stack";
