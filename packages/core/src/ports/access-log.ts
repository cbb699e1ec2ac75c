import type { StackHandle } from "./provisioner.ts";

/** One request as the gateway noted it, whatever became of it. */
export interface AccessLine {
  /** As the caller was told it. */
  requestId: string;
  /** Epoch milliseconds of its arrival. */
  at: number;
  method: string;
  /** Below the stage, 300 characters of it, percent-encoded; `null` where it was refused before anybody read it. */
  path: string | null;
  status: number;
  /** From its arrival to the end of its answer. */
  ms: number | null;
  /** Of the key that it was let in by; `null` where it was by none. */
  keyId: string | null;
  /** Why the gateway itself refused it, in API Gateway's words: `THROTTLED`. */
  refusal: string | null;
  sourceIp: string | null;
}

export interface AccessLogFilter {
  /** Epoch milliseconds, both inclusive, of arrival. */
  from?: number | undefined;
  to?: number | undefined;
  requestId?: string | undefined;
  keyId?: string | undefined;
  /** 100 to 599. */
  status?: { from: number; to: number } | undefined;
}

/** Everything that reached the endpoint of a published bot: refused requests never reach a function. */
export interface AccessLog {
  /**
   * Lines that fit, newest first. A page may hold fewer than `limit`, and yet have a next.
   * @param cursor of the page before.
   * @throws MalformedCursor where the cursor is not one of a page's.
   */
  list(
    place: { stackName: string; stack: StackHandle },
    options: AccessLogFilter & { limit: number; cursor?: string | undefined },
  ): Promise<{ lines: AccessLine[]; cursor: string | null }>;
}
