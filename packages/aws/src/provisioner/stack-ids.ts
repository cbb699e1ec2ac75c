import type { StackHandle } from "@outlet/core/ports";

/** What a published bot's stack is known by at API Gateway: the content of its handle. */
export interface StackIds {
  restApiId: string;
  usagePlanId: string;
}

/** @throws TypeError where the handle is none of API Gateway's. */
export function idsOf({ restApiId, usagePlanId }: StackHandle): StackIds {
  if (restApiId && usagePlanId) return { restApiId, usagePlanId };
  throw new TypeError("The stack's handle names no REST API and usage plan");
}
