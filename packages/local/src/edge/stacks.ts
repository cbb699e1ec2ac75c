import { idsOf } from "@outlet/aws/provisioner/stack-ids";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { checkTemplate } from "@outlet/aws/published-stack/check";
import {
  createTemplate,
  type Platform,
  templateVersion,
} from "@outlet/aws/published-stack/template";
import type {
  GatewayKey,
  Log,
  Provisioner,
  StackHandle,
  StackOutputs,
  StackSpec,
  StackStatus,
} from "@outlet/core/ports";
import { AccessLogs } from "./access-log.ts";
import { EdgeDatabase } from "./database.ts";
import { createMount, type Mount } from "./mount.ts";
import { type StackRecord, StackStore } from "./stack-store.ts";

/**
 * Has a digit in it, so that a path of the console with ten letters is never taken for an API.
 */
export function isRestApiId(text: string): boolean {
  return /^(?=.*\d)[a-z0-9]{10}$/.test(text);
}

/**
 * The stacks of published bots, on disk and mounted.
 *
 * A stack's file is the truth. Whatever else belongs to it is written after the file and removed
 * after it; what a crash leaves in between is swept at the next start.
 */
export class Stacks implements Provisioner {
  readonly templateVersion: string;
  readonly logs: AccessLogs;
  readonly database: EdgeDatabase;
  readonly #store: StackStore;
  readonly #platform: Platform;
  readonly #origin: () => string;
  readonly #log: Log;
  readonly #records = new Map<string, StackRecord>();
  readonly #mounts = new Map<string, Mount>();
  readonly #byBasePath = new Map<string, Mount>();

  constructor(dataDir: string, platform: Platform, origin: () => string, log: Log) {
    this.templateVersion = templateVersion(platform);
    this.#platform = platform;
    this.#origin = origin;
    this.#log = log;
    this.#store = new StackStore(join(dataDir, "stacks"));
    this.logs = new AccessLogs(join(dataDir, "access-logs"));
    this.database = new EdgeDatabase(join(dataDir, "gateway.sqlite"));
    for (const record of this.#store.list()) this.#restore(record);
    const records = [...this.#records.values()];
    this.database.keepOnly(records.map(({ usagePlanId }) => usagePlanId));
    this.logs.keepOnly(records.map(({ restApiId }) => restApiId));
  }

  /** By REST API id. */
  get mounts(): ReadonlyMap<string, Mount> {
    return this.#mounts;
  }

  /** What is served under a path of its own. */
  atBasePath(basePath: string): Mount | undefined {
    return this.#byBasePath.get(basePath);
  }

  async deploy(spec: StackSpec, token: string): Promise<void> {
    const existing = this.#records.get(spec.stackName);
    if (existing?.token === token) return;
    const ids = existing ?? { restApiId: this.#newId(), usagePlanId: this.#newId() };
    const template = createTemplate(spec, this.#platform);
    const failure = faultOf(ids, template);
    const record: StackRecord = {
      stackName: spec.stackName,
      restApiId: ids.restApiId,
      usagePlanId: ids.usagePlanId,
      token,
      // A failed update leaves what was served, as CloudFormation's rollback does.
      template: failure === null ? { ...template } : (existing?.template ?? null),
      failure,
    };
    this.#store.write(record);
    this.#mount(record);
  }

  async status(stackName: string): Promise<StackStatus> {
    const record = this.#records.get(stackName);
    if (record === undefined) return { state: "absent" };
    const mount = this.#mounts.get(record.restApiId);
    const outputs = mount && this.#outputs(record, mount);
    if (record.failure !== null) {
      return { state: "failed", reason: record.failure, ...(outputs && { outputs }) };
    }
    const total = Object.keys(Object(record.template?.Resources)).length;
    return {
      state: "deployed",
      progress: { done: total, total, current: null },
      ...(outputs && { outputs }),
    };
  }

  /** Takes no heed of the token: removing what is gone changes nothing. */
  async remove(stackName: string): Promise<void> {
    const record = this.#records.get(stackName);
    if (record === undefined) return;
    this.#store.remove(stackName);
    this.#records.delete(stackName);
    this.#unmount(record.restApiId);
    this.logs.remove(record.restApiId);
    this.database.keepOnly([...this.#records.values()].map(({ usagePlanId }) => usagePlanId));
  }

  async putKey(stack: StackHandle, key: GatewayKey): Promise<void> {
    const { usagePlanId } = idsOf(stack);
    const plans = [...this.#records.values()].map((record) => record.usagePlanId);
    if (!plans.includes(usagePlanId)) throw new Error(`There is no usage plan ${usagePlanId}`);
    this.database.putKey(usagePlanId, key.value, key.keyId);
  }

  async removeKey(stack: StackHandle, key: GatewayKey): Promise<void> {
    this.database.removeKey(idsOf(stack).usagePlanId, key.value);
  }

  close(): void {
    this.logs.close();
    this.database.close();
  }

  /** One stack that cannot be served must not keep all others from starting. */
  #restore(record: StackRecord): void {
    try {
      this.#mount(record);
    } catch (error) {
      const { stackName } = record;
      this.#log.error("A stack cannot be mounted", { stackName, error: textOf(error) });
      this.#records.set(stackName, { ...record, failure: "The edge cannot serve its template." });
    }
  }

  #mount(record: StackRecord): void {
    this.#records.set(record.stackName, record);
    if (record.template === null) return;
    this.logs.open(record.restApiId);
    const mount = createMount(record, record.template);
    this.#unmount(record.restApiId);
    this.#mounts.set(record.restApiId, mount);
    if (mount.basePath !== null) this.#byBasePath.set(mount.basePath, mount);
  }

  #unmount(restApiId: string): void {
    const basePath = this.#mounts.get(restApiId)?.basePath;
    this.#mounts.delete(restApiId);
    if (basePath && this.#byBasePath.get(basePath)?.restApiId === restApiId) {
      this.#byBasePath.delete(basePath);
    }
  }

  #outputs({ restApiId, usagePlanId }: StackRecord, { stage, basePath }: Mount): StackOutputs {
    const version = stage.variables.templateVersion;
    return {
      stack: { restApiId, usagePlanId },
      endpoint: `${this.#origin()}/${basePath ?? `${restApiId}/${stage.name}`}`,
      ...(basePath !== null && { stableEndpoint: true }),
      ...(version && { templateVersion: version }),
    };
  }

  #newId(): string {
    const id = Array.from({ length: 10 }, () => randomInt(36).toString(36)).join("");
    const taken = [...this.#records.values()].some(
      ({ restApiId, usagePlanId }) => restApiId === id || usagePlanId === id,
    );
    return isRestApiId(id) && !taken ? id : this.#newId();
  }
}

function faultOf(
  ids: { restApiId: string; usagePlanId: string },
  template: ReturnType<typeof createTemplate>,
): string | null {
  const findings = checkTemplate(template);
  if (findings.length > 0) return `${findings.join(". ")}.`;
  try {
    createMount(ids, template);
    return null;
  } catch (error) {
    return textOf(error);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
