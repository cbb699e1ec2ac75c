/** What a published bot's stack is made from. Everything in it ends up in the template. */
export interface StackSpec {
  botId: string;
  /** Unique within the cell; on AWS the CloudFormation stack's name. */
  stackName: string;
  /** `[A-Za-z0-9_-]{1,128}` */
  stage: string;
  /** Requests per second; `null` is no limit of its own. */
  throttle: { burstLimit: number; rateLimit: number } | null;
  quota: { limit: number; period: "DAY" | "WEEK" | "MONTH" } | null;
  /** Origins a browser may call from. Empty: no CORS headers at all. */
  allowedOrigins: string[];
  ownerId: string;
  /** Whether the API's own address stays open beside that of a domain: clients may still have it. */
  ownAddress?: boolean;
  /** Bedrock ids of the models it may answer with; only for the bill, and only where configured. */
  modelIds?: string[];
  /** Thresholds that the stack's own alarms watch, and who is written to. `null` is no alarm. */
  alerts?: {
    /** Share of 4xx and 5xx within 15 minutes. */
    errorRatePercent: number | null;
    p99Ms: number | null;
    /** Set: told of the first request over the quota. CloudWatch does not know what is left of it. */
    quotaUsedPercent: number | null;
    emails: string[];
  };
}

export interface StackStatus {
  state: "absent" | "in_progress" | "deployed" | "removing" | "failed";
  /** Resources finished, of how many, and the one at work now. */
  progress?: { done: number; total: number; current: string | null };
  /** Present once deployed. */
  outputs?: StackOutputs;
  /** Why it failed, in words for the owner. */
  reason?: string;
}

/** What the provisioner finds a stack again by. Nobody else looks inside. */
export type StackHandle = Readonly<Record<string, string>>;

export interface StackOutputs {
  stack: StackHandle;
  /** Without a trailing slash: `https://…/{stage}`. */
  endpoint: string;
  /** Of the template it was last made from. Absent where that did not say so yet. */
  templateVersion?: string;
  /** Whether the endpoint stays the same when the bot is published anew. */
  stableEndpoint?: boolean;
  /** ARNs of the bot's inference profiles by the Bedrock id of the model behind; absent without. */
  inferenceProfiles?: Record<string, string>;
}

/** A key as the gateway's usage plan counts it. `value` is derived, never the caller's secret. */
export interface GatewayKey {
  keyId: string;
  value: string;
}

/** What an account can hold of something, and how much of that is taken, by whomever. */
export interface Ceiling {
  name: "apis" | "usagePlans" | "keys";
  used: number;
  max: number;
  /** Whether its maximum is a quota that the account can have raised. */
  isRaisable: boolean;
}

/**
 * Makes and removes the stack of a published bot, and the gateway's own keys in its usage plan.
 * Every call can be repeated: a second one with the same arguments changes nothing.
 */
export interface Provisioner {
  /** Of the template that `deploy` makes a stack from. */
  readonly templateVersion: string;
  /**
   * Starts to create the stack, or to bring it to this spec. Returns at once; ask `status`.
   * @param token the same for every try of one act: a retry never starts a second one.
   */
  deploy(spec: StackSpec, token: string): Promise<void>;
  status(stackName: string): Promise<StackStatus>;
  /** Starts to remove the stack and all that is in it. */
  remove(stackName: string, token: string): Promise<void>;
  putKey(stack: StackHandle, key: GatewayKey): Promise<void>;
  removeKey(stack: StackHandle, key: GatewayKey): Promise<void>;
  /**
   * Absent where nothing is limited.
   * @param maxAgeMs how old the figures may be: to count takes calls of the account's few.
   */
  ceilings?(names: readonly Ceiling["name"][], maxAgeMs: number): Promise<Ceiling[]>;
}
