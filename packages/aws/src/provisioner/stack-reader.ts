import {
  type CloudFormationClient,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
  type StackStatus as StackStatusName,
} from "@aws-sdk/client-cloudformation";
import * as Text from "@outlet/core/foundation/text";
import type { Log, StackOutputs, StackStatus } from "@outlet/core/ports";
import { reachStore } from "../store-error.ts";
import { profilesOf } from "../published-stack/inference-profiles.ts";
import { failureOf, lastOperation, progressOf, type StackOperation } from "./stack-operation.ts";

/** A stack that exists, and what was last done to it. */
export interface Found {
  stackName: string;
  stackId: string;
  status: StackStatusName;
  outputs: NonNullable<Stack["Outputs"]>;
  operation: StackOperation;
  resourceCount: number;
}

export interface StackReader {
  /** `undefined` where CloudFormation says that there is no such stack, and only then. */
  find(stackName: string): Promise<Found | undefined>;
}

export function createStackReader(
  client: CloudFormationClient,
  resourceCount: number,
  log: Log,
): StackReader {
  const reach = <T>(call: Promise<T>) => reachStore("CloudFormation", call);

  async function describe(stackName: string): Promise<Stack | undefined> {
    try {
      const { Stacks = [] } = await reach(
        client.send(new DescribeStacksCommand({ StackName: stackName })),
      );
      if (Stacks[0]) return Stacks[0];
    } catch (error) {
      if (isAbsence(error, stackName)) return undefined;
      throw error;
    }
    throw new Error(`CloudFormation answered nothing about the stack ${stackName}`);
  }

  /** As far back as the last operation goes. */
  async function eventsOf(stackId: string): Promise<StackEvent[]> {
    const events: StackEvent[] = [];
    let NextToken: string | undefined;
    do {
      const page = await reach(
        client.send(
          new DescribeStackEventsCommand({ StackName: stackId, ...(NextToken && { NextToken }) }),
        ),
      );
      events.push(...(page.StackEvents ?? []));
      NextToken = page.NextToken;
    } while (NextToken && lastOperation(events).events.length === events.length);
    return events;
  }

  /**
   * What the validation before a deployment has found; stack events tell of what was begun alone
   * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html).
   */
  async function findingOf(stackId: string): Promise<string | undefined> {
    const asked = new DescribeEventsCommand({
      StackName: stackId,
      Filters: { FailedEvents: true },
    });
    const events = await client.send(asked).then(
      (answer) => answer.OperationEvents ?? [],
      (cause: unknown) => {
        // It only adds to what is known: the stack has failed all the same.
        log.warn("what a validation has found cannot be read", { stackId, cause });
        return [];
      },
    );
    const found = events.filter(({ EventType }) => EventType === "VALIDATION_ERROR");
    const said = found.map(
      ({ LogicalResourceId, ValidationPath, ValidationStatusReason }) =>
        `${LogicalResourceId ?? ValidationPath ?? "The template"}: ${ValidationStatusReason ?? "not valid"}`,
    );
    return said.length > 0 ? Text.cut(said.join(" "), 500) : undefined;
  }

  return {
    async find(stackName) {
      const stack = await describe(stackName);
      if (!stack?.StackId || !stack.StackStatus) return undefined;
      // Described by its id, a stack is told of for 90 days after its end.
      if (stack.StackStatus === "DELETE_COMPLETE") return undefined;
      const operation = lastOperation(await eventsOf(stack.StackId));
      const finding = hasFailed(stack.StackStatus) ? await findingOf(stack.StackId) : undefined;
      return {
        stackName,
        stackId: stack.StackId,
        status: stack.StackStatus,
        outputs: stack.Outputs ?? [],
        operation: finding ? { ...operation, finding } : operation,
        resourceCount,
      };
    },
  };
}

const hasFailed = (status: StackStatusName): boolean =>
  status.endsWith("_FAILED") || status.endsWith("ROLLBACK_COMPLETE");

/** The exact words for a stack that is not there; whatever else goes wrong is an error. */
const isAbsence = (error: unknown, stackName: string): boolean =>
  error instanceof Error &&
  error.name === "ValidationError" &&
  error.message === `Stack with id ${stackName} does not exist`;

/** What has not reached CloudFormation, or cannot be seen in what it tells of a stack. */
export type Standing =
  /** An act is wanted and not started: it is not its turn, or something is in its way. */
  | { state: "waiting" }
  /** It is at its spec, although what was last done to it may have been rolled back. */
  | { state: "up_to_date" }
  /** CloudFormation did not take the act. */
  | { state: "refused"; reason: string };

/** A stack in the terms of the port. */
export function toStatus(found: Found | undefined, standing: Standing | undefined): StackStatus {
  const outputs = found && outputsOf(found);
  const more = outputs ? { outputs } : {};
  if (standing?.state === "refused") return { state: "failed", reason: standing.reason, ...more };
  if (!found) return { state: "absent" };
  const { status, operation, resourceCount: total } = found;
  if (status === "DELETE_IN_PROGRESS") {
    return { state: "removing", progress: progressOf(operation, total), ...more };
  }
  if (isUnderWay(found)) {
    return { state: "in_progress", progress: progressOf(operation, total), ...more };
  }
  if (standing?.state === "waiting") {
    return { state: "in_progress", progress: { done: 0, total, current: null }, ...more };
  }
  const settled = status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE";
  if (settled || standing?.state === "up_to_date") {
    return { state: "deployed", progress: { done: total, total, current: null }, ...more };
  }
  return { state: "failed", reason: failureOf(operation), ...more };
}

/** What was started goes on by itself, and CloudFormation takes nothing else meanwhile. */
export const isUnderWay = ({ status }: Found): boolean =>
  status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";

const leftovers: readonly StackStatusName[] = [
  "ROLLBACK_COMPLETE",
  "ROLLBACK_FAILED",
  "CREATE_FAILED",
  "DELETE_FAILED",
  "REVIEW_IN_PROGRESS",
];

/** Of a create or a removal that failed: all that can be done with such a stack is to remove it. */
export const isLeftover = ({ status }: Found): boolean => leftovers.includes(status);

export function outputsOf({ outputs }: Found): StackOutputs | undefined {
  const value = (key: string) => outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  const restApiId = value("RestApiId");
  const usagePlanId = value("UsagePlanId");
  const endpoint = value("Endpoint");
  const templateVersion = value("TemplateVersion");
  if (!restApiId || !usagePlanId || !endpoint) return undefined;
  const inferenceProfiles = profilesOf(outputs);
  return {
    stack: { restApiId, usagePlanId },
    endpoint,
    ...(templateVersion && { templateVersion }),
    ...(value("StableEndpoint") === "true" && { stableEndpoint: true }),
    ...(Object.keys(inferenceProfiles).length > 0 && { inferenceProfiles }),
  };
}
