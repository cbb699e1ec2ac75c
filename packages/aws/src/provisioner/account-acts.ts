import {
  type CloudFormationClient,
  paginateListStacks,
  type StackStatus,
  type StackSummary,
} from "@aws-sdk/client-cloudformation";
import { reachStore } from "../store-error.ts";
import { type Act, gapSeconds } from "./pace.ts";

const underWay: Record<Act, StackStatus[]> = {
  create: ["CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"],
  update: [
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
  ],
  remove: ["DELETE_IN_PROGRESS"],
};
const kinds = Object.keys(underWay) as Act[];

/** A bot's stack of any stage (`published-stack/names.ts`). */
const anyStage = /^outlet-(?:.+-)?bot-[0-9A-Za-z]+$/;

/**
 * The gateway's control plane has one pace for an account and Region, whichever stage asks; what
 * stages share is CloudFormation, so that tells of each other's acts.
 * @param ownPrefix what the names of this stage's stacks begin with: those have a pace of their own.
 * @returns whether another stage's act began so short a time ago that none may begin now.
 */
export async function isOthersTurn(
  client: CloudFormationClient,
  ownPrefix: string,
  now: number,
): Promise<boolean> {
  const StackStatusFilter = kinds.flatMap((kind) => underWay[kind]);
  const pages = paginateListStacks({ client }, { StackStatusFilter })[Symbol.asyncIterator]();
  for (;;) {
    const page = await reachStore("CloudFormation", pages.next());
    if (page.done) return false;
    for (const stack of page.value.StackSummaries ?? []) {
      const name = stack.StackName ?? "";
      if (anyStage.test(name) && !name.startsWith(ownPrefix) && isRecent(stack, now)) return true;
    }
  }
}

function isRecent(stack: StackSummary, now: number): boolean {
  const act = kinds.find((kind) => stack.StackStatus && underWay[kind].includes(stack.StackStatus));
  if (!act) return false;
  const times = { create: stack.CreationTime, update: stack.LastUpdatedTime, remove: undefined };
  // When a removal began is not told: while it lasts, others wait.
  const at = times[act]?.getTime();
  return at === undefined || now - at < gapSeconds[act] * 1000;
}
