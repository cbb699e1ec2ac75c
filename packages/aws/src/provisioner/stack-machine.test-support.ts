import type { Clock } from "@outlet/core/ports";

export type Act = "CREATE" | "UPDATE" | "DELETE";

interface Event {
  id: string;
  type: string;
  status: string;
  reason: string;
  token: string;
  at: number;
}

export interface FakeStack {
  name: string;
  id: string;
  status: string;
  /** When the operation under way ends, and what it then turns into. */
  pending?: { at: number; status: string; reason?: string };
  template: string;
  events: Event[];
  /** What validation found before its last operation began. */
  finding?: string;
}

interface Refused {
  status: number;
  code: string;
  message: string;
}

/** How long an act takes. */
const actMs = 4_000;

/** Stacks as CloudFormation documents their states; one resource stands for all. */
export class StackMachine {
  readonly starts: { act: Act; stackName: string; at: number }[] = [];
  readonly #clock: Clock;
  readonly #stacks: FakeStack[] = [];
  readonly #failures = new Map<Act, string[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  failNext(act: Act, reason: string): void {
    this.#failures.set(act, [...(this.#failures.get(act) ?? []), reason]);
  }

  byName(name: string): FakeStack | undefined {
    const stack = this.#stacks.findLast((s) => s.name === name || s.id === name);
    if (stack) this.#settle(stack);
    return stack;
  }

  answer(action: string, parameters: Record<string, string>): string | Refused {
    const name = parameters.StackName ?? "";
    const token = parameters.ClientRequestToken ?? "";
    const known = this.byName(name);
    const stack = known?.status === "DELETE_COMPLETE" && known.name === name ? undefined : known;
    switch (action) {
      case "CreateStack":
        return this.#create(stack, name, token, parameters.TemplateBody ?? "");
      case "UpdateStack":
        return this.#update(stack, name, token, parameters.TemplateBody ?? "");
      case "DeleteStack":
        return this.#delete(stack, token);
      case "ContinueUpdateRollback":
        if (stack) this.#begin(stack, "UPDATE", "UPDATE_ROLLBACK", token);
        return "";
      case "DescribeStacks":
        return stack ? describe(stack) : absent(name);
      case "ListStacks":
        return this.#list(Object.values(parameters));
      case "DescribeEvents":
        return stack ? describeFindings(stack) : absent(name);
      case "DescribeStackEvents":
        return stack ? describeEvents(stack) : absent(name);
      default:
        return validation(`Unknown action ${action}`);
    }
  }

  /** @param statuses those that are asked for are among them. */
  #list(statuses: readonly string[]): string {
    const members = this.#stacks.map((stack) => {
      this.#settle(stack);
      if (!statuses.includes(stack.status)) return "";
      const at = new Date(stack.events[0]?.at ?? 0).toISOString();
      return (
        `<member><StackId>${stack.id}</StackId><StackName>${stack.name}</StackName>` +
        `<CreationTime>${at}</CreationTime><LastUpdatedTime>${at}</LastUpdatedTime>` +
        `<StackStatus>${stack.status}</StackStatus></member>`
      );
    });
    return `<StackSummaries>${members.join("")}</StackSummaries>`;
  }

  #create(stack: FakeStack | undefined, name: string, token: string, template: string) {
    if (stack) {
      if (stack.events.some((event) => event.token === token)) return idOf(stack);
      return { status: 400, code: "AlreadyExistsException", message: `Stack [${name}] exists` };
    }
    const id = `arn:aws:cloudformation:us-east-1:111122223333:stack/${name}/${this.#stacks.length}`;
    const created: FakeStack = { name, id, status: "", template, events: [] };
    this.#stacks.push(created);
    this.#begin(created, "CREATE", "CREATE", token, "ROLLBACK_COMPLETE");
    return idOf(created);
  }

  #update(stack: FakeStack | undefined, name: string, token: string, template: string) {
    if (!stack) return absent(name);
    if (stack.events.some((event) => event.token === token)) return idOf(stack);
    const updatable = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"];
    if (!updatable.includes(stack.status)) {
      return validation(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    }
    if (stack.template === template) return validation("No updates are to be performed.");
    const before = stack.template;
    stack.template = template;
    this.#begin(stack, "UPDATE", "UPDATE", token, "UPDATE_ROLLBACK_COMPLETE");
    if (stack.pending?.reason) stack.template = before;
    return idOf(stack);
  }

  #delete(stack: FakeStack | undefined, token: string): string {
    if (stack && !stack.events.some((event) => event.token === token)) {
      this.#begin(stack, "DELETE", "DELETE", token, "DELETE_FAILED");
    }
    return "";
  }

  #begin(stack: FakeStack, act: Act, verb: string, token: string, failed = `${verb}_FAILED`) {
    const at = this.#clock.now();
    this.starts.push({ act, stackName: stack.name, at });
    stack.status = `${verb}_IN_PROGRESS`;
    const reason = this.#failures.get(act)?.shift();
    const status = reason ? failed : `${verb}_COMPLETE`;
    stack.pending = { at: at + actMs, status, ...(reason ? { reason } : {}) };
    const event = { reason: "", token, at };
    stack.events.unshift({ ...event, id: stack.name, type: stackType, status: stack.status });
    const resource = { id: "RestApi", type: "AWS::ApiGateway::RestApi" };
    stack.events.unshift({ ...event, ...resource, status: `${act}_IN_PROGRESS` });
  }

  #settle(stack: FakeStack): void {
    const { pending } = stack;
    if (!pending || pending.at > this.#clock.now()) return;
    delete stack.pending;
    stack.status = pending.status;
    const { token = "", status = "" } = stack.events[0] ?? {};
    const act = status.split("_")[0] ?? "";
    const event = { token, at: pending.at };
    const resource = { id: "RestApi", type: "AWS::ApiGateway::RestApi" };
    const outcome = pending.reason ? `${act}_FAILED` : `${act}_COMPLETE`;
    stack.events.unshift({ ...event, ...resource, status: outcome, reason: pending.reason ?? "" });
    stack.events.unshift({
      ...event,
      id: stack.name,
      type: stackType,
      status: stack.status,
      reason: pending.reason ? "The following resource(s) failed: [RestApi]." : "",
    });
  }
}

const stackType = "AWS::CloudFormation::Stack";

const idOf = (stack: FakeStack): string => `<StackId>${stack.id}</StackId>`;

const validation = (message: string): Refused => ({
  status: 400,
  code: "ValidationError",
  message,
});

const absent = (name: string): Refused => validation(`Stack with id ${name} does not exist`);

/** Outputs that the template takes from inference profiles, each with an ARN of its own. */
function profileOutputs(template: string): [key: string, value: string, description: string][] {
  if (!template.startsWith("{")) return [];
  const { Outputs = {} } = JSON.parse(template) as {
    Outputs?: Record<string, { Value?: { "Fn::GetAtt"?: string[] }; Description?: string }>;
  };
  return Object.entries(Outputs).flatMap(([key, { Value, Description = "" }]) => {
    const [resource, attribute] = Value?.["Fn::GetAtt"] ?? [];
    if (resource === undefined || attribute !== "InferenceProfileArn") return [];
    const digits = Buffer.from(resource).toString("hex").slice(-12);
    const arn = `arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/${digits}`;
    return [[key, arn, Description]];
  });
}

function describe({ id, name, status, template }: FakeStack): string {
  const api = /stack\/(.*)\//.exec(id)?.[1] ?? "";
  const made = /^(CREATE_COMPLETE|UPDATE|DELETE)/.test(status);
  const outputs = {
    RestApiId: `api-${api}`,
    UsagePlanId: `plan-${api}`,
    Endpoint: `https://${api}`,
    ...literalOutputs(template),
  };
  const all = [...Object.entries(outputs), ...profileOutputs(template)];
  const members = (made ? all : []).map(
    ([key, value, description = ""]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue>` +
      `<Description>${description}</Description></member>`,
  );
  return (
    `<Stacks><member><StackId>${id}</StackId><StackName>${name}</StackName>` +
    `<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus>` +
    `<Outputs>${members.join("")}</Outputs></member></Stacks>`
  );
}

/** Outputs that no resource has to be asked for. */
function literalOutputs(template: string): Record<string, string> {
  if (!template.startsWith("{")) return {};
  const { Outputs = {} } = JSON.parse(template) as { Outputs?: Record<string, { Value: unknown }> };
  return Object.fromEntries(
    Object.entries(Outputs).flatMap(([key, { Value }]) =>
      typeof Value === "string" ? [[key, Value]] : [],
    ),
  );
}

function describeFindings({ finding }: FakeStack): string {
  const member =
    finding === undefined
      ? ""
      : `<member><EventType>VALIDATION_ERROR</EventType><LogicalResourceId>RestApi</LogicalResourceId>` +
        `<ValidationStatusReason>${finding}</ValidationStatusReason></member>`;
  return `<OperationEvents>${member}</OperationEvents>`;
}

function describeEvents({ id, name, events }: FakeStack): string {
  const members = events.map(
    (event, index) =>
      `<member><EventId>${events.length - index}</EventId><StackId>${id}</StackId>` +
      `<StackName>${name}</StackName><LogicalResourceId>${event.id}</LogicalResourceId>` +
      `<ResourceType>${event.type}</ResourceType><ResourceStatus>${event.status}</ResourceStatus>` +
      `<ResourceStatusReason>${event.reason}</ResourceStatusReason>` +
      `<Timestamp>${new Date(event.at).toISOString()}</Timestamp>` +
      `<ClientRequestToken>${event.token}</ClientRequestToken></member>`,
  );
  return `<StackEvents>${members.join("")}</StackEvents>`;
}
