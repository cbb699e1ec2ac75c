import {
  ContinueUpdateRollbackCommand,
  CreateStackCommand,
  DeleteStackCommand,
  LimitExceededException,
  TokenAlreadyExistsException,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import {
  type Clock,
  type Log,
  type Provisioner,
  type StackSpec,
  StoreUnavailable,
  systemClock,
} from "@outlet/core/ports";
import { isOthersTurn } from "./provisioner/account-acts.ts";
import type { ControlPlaneClients } from "./provisioner/control-plane-clients.ts";
import { createGatewayCeilings } from "./provisioner/gateway-ceilings.ts";
import { createGatewayKeys } from "./provisioner/gateway-keys.ts";
import type { Act, Pace } from "./provisioner/pace.ts";
import { idsOf } from "./provisioner/stack-ids.ts";
import { failureOf, isPassing } from "./provisioner/stack-operation.ts";
import {
  createStackReader,
  type Found,
  isLeftover,
  isUnderWay,
  outputsOf,
  type Standing,
  toStatus,
} from "./provisioner/stack-reader.ts";
import { stackPrefix } from "./published-stack/names.ts";
import {
  createTags,
  createTemplate,
  type Platform,
  type Template,
  templateBody,
  templateVersion,
} from "./published-stack/template.ts";
import { reachStore } from "./store-error.ts";

export interface CloudFormationProvisionerOptions extends ControlPlaneClients {
  platform: Platform;
  /** What CloudFormation acts as: the caller needs no right to API Gateway's resources itself. */
  serviceRoleArn: string;
  pace: Pace;
  log: Log;
  /** For emulators that cannot run the template as it is; as it is where absent. */
  adapt?: (template: Template) => Template;
  /** The system's where absent. */
  clock?: Clock;
  /** The account's quota of usage plans. 300, which is AWS's own, where absent. */
  usagePlansMax?: number;
  /** How often an act is begun anew after a failure that passes. 5 where absent. */
  triesMax?: number;
}

/**
 * The provisioner port on CloudFormation, one stack for each published bot, and on API Gateway's
 * own keys. Every call goes on from what it finds: the events of a stack carry the token of the act
 * that made them, so a call after a crash sees whether its act was started.
 *
 * An act for which it is not yet time (see {@link Pace}) is not started; the next call tries again.
 * Ask for a stack's status of the instance whose `deploy` was called: only it knows of what has not
 * reached CloudFormation.
 * @throws StoreUnavailable where a service is out of reach or goes on throttling.
 */
export function createCloudFormationProvisioner(
  options: CloudFormationProvisionerOptions,
): Provisioner {
  const { cloudFormation, pace, log, serviceRoleArn, platform, triesMax = 5 } = options;
  const { clock = systemClock } = options;
  const adapt = options.adapt ?? ((template) => template);
  const keys = createGatewayKeys(options.apiGateway, platform.stage);
  const stacks = createStackReader(cloudFormation, resourceCountOf(platform), log);
  const standings = new Map<string, Standing>();
  /** By token. Of this process: a restart may add tries, never an endless loop. */
  const tries = new Map<string, number>();

  async function deploy(spec: StackSpec, token: string): Promise<void> {
    const found = await stacks.find(spec.stackName);
    standings.set(spec.stackName, { state: "waiting" });
    if (!found) return create(spec, againToken(token));
    const ours = startedFor(found, token);
    const again = ours && mayTryAgain(found, token);
    if (ours && !again) {
      standings.delete(spec.stackName);
    } else if (isLeftover(found)) {
      const cleared = await clear(found, token);
      if (ours && cleared) tries.set(token, triesOf(token) + 1);
    } else if (found.status === "UPDATE_ROLLBACK_FAILED") {
      await goOnRollingBack(found, token);
    } else if (!isUnderWay(found)) {
      const started = await update(spec, again ? `${token}-${found.operation.at}` : token);
      if (again && started) tries.set(token, triesOf(token) + 1);
    }
  }

  const create = async (spec: StackSpec, token: string): Promise<void> => {
    await start("create", spec.stackName, token, () =>
      cloudFormation.send(
        new CreateStackCommand({
          ...inputOf(spec),
          ClientRequestToken: token,
          OnFailure: "ROLLBACK",
          TimeoutInMinutes: 30,
        }),
      ),
    );
  };

  async function update(spec: StackSpec, token: string): Promise<boolean> {
    try {
      return await start("update", spec.stackName, token, () =>
        cloudFormation.send(
          new UpdateStackCommand({ ...inputOf(spec), ClientRequestToken: token }),
        ),
      );
    } catch (error) {
      if (!isNothingToDo(error)) throw error;
      standings.set(spec.stackName, { state: "up_to_date" });
      return true;
    }
  }

  /** Removes what is left of a create that failed, so that the name is free. */
  async function clear(found: Found, token: string): Promise<boolean> {
    const { stackName, status, operation } = found;
    log.warn("a failed stack is in the way", { stackName, status, reason: failureOf(operation) });
    const started = await removeStack(found, `${token}-clear-${operation.at}`);
    standings.set(stackName, { state: "waiting" });
    return started;
  }

  async function goOnRollingBack({ stackName, stackId, operation }: Found, token: string) {
    log.warn("a rollback has failed and is tried again", { stackName });
    await accepted(
      cloudFormation.send(
        new ContinueUpdateRollbackCommand({
          StackName: stackId,
          RoleARN: serviceRoleArn,
          ClientRequestToken: `${token}-rollback-${operation.at}`,
        }),
      ),
    );
  }

  async function remove(stackName: string, token: string): Promise<void> {
    const found = await stacks.find(stackName);
    standings.delete(stackName);
    if (!found || isUnderWay(found)) return;
    const outputs = outputsOf(found);
    // They are not part of the stack, and after it nobody could tell whose they were.
    if (outputs) await keys.removeAll(idsOf(outputs.stack).usagePlanId);
    if (found.status === "DELETE_FAILED") {
      const reason = failureOf(found.operation);
      log.error("a stack could not be removed; trying again", { stackName, reason });
    }
    // CloudFormation takes a request with a known token for the same request and does nothing.
    const again = startedFor(found, token);
    await removeStack(found, again ? `${token}-${found.operation.at}` : token);
  }

  const removeStack = ({ stackName, stackId }: Found, token: string) =>
    start("remove", stackName, token, () =>
      cloudFormation.send(
        new DeleteStackCommand({
          StackName: stackId,
          RoleARN: serviceRoleArn,
          ClientRequestToken: token,
        }),
      ),
    );

  /** @returns whether it was the act's turn. */
  async function start(
    act: Act,
    stackName: string,
    token: string,
    send: () => Promise<unknown>,
  ): Promise<boolean> {
    const now = clock.now();
    if (await isOthersTurn(cloudFormation, stackPrefix(platform.stage), now)) return false;
    if (!(await pace.take(act))) return false;
    log.info("asking CloudFormation", { act, stackName, token });
    try {
      await accepted(send());
      standings.delete(stackName);
    } catch (error) {
      // The SDK takes it for throttling and tries on; what is at its end are the account's stacks.
      const cause = error instanceof StoreUnavailable ? error.cause : undefined;
      if (!(cause instanceof LimitExceededException)) throw error;
      standings.set(stackName, { state: "refused", reason: cause.message });
    }
    return true;
  }

  /** A token used before means that an earlier try got through, though its answer did not. */
  async function accepted(call: Promise<unknown>): Promise<void> {
    try {
      await reachStore("CloudFormation", call);
    } catch (error) {
      if (!(error instanceof TokenAlreadyExistsException)) throw error;
    }
  }

  const triesOf = (token: string): number => tries.get(token) ?? 1;
  const againToken = (token: string): string =>
    triesOf(token) === 1 ? token : `${token}-${triesOf(token)}`;

  /** Whether it failed, and for a reason that the next try may not meet. */
  function mayTryAgain({ status, operation }: Found, token: string): boolean {
    const failed = ["ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_ROLLBACK_COMPLETE"];
    if (!failed.includes(status) || triesOf(token) >= triesMax) return false;
    return isPassing(failureOf(operation));
  }

  const inputOf = (spec: StackSpec) => ({
    StackName: spec.stackName,
    TemplateBody: templateBody(adapt(createTemplate(spec, platform))),
    RoleARN: serviceRoleArn,
    Tags: createTags(spec, platform),
  });

  return {
    templateVersion: templateVersion(platform),
    deploy,
    async status(stackName) {
      const found = await stacks.find(stackName);
      return toStatus(found, standings.get(stackName));
    },
    remove,
    putKey: (stack, key) => keys.put(idsOf(stack).usagePlanId, key),
    removeKey: (_stack, { keyId }) => keys.remove(keyId),
    ceilings: createGatewayCeilings(options.apiGateway, clock, options.usagePlansMax ?? 300),
  };
}

/** Whether the act itself was started, not only what had to be cleared away before it. */
const startedFor = ({ operation }: Found, token: string): boolean =>
  operation.token === token ||
  (operation.token.startsWith(`${token}-`) &&
    /^\d+$/.test(operation.token.slice(token.length + 1)));

const isNothingToDo = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === "ValidationError" &&
  error.message.startsWith("No updates are to be performed");

/** Every bot's stack has the same resources, so those of any will do. */
function resourceCountOf(platform: Platform): number {
  const ids = { botId: "any", stackName: "any", stage: "any", ownerId: "any" };
  const spec = { ...ids, throttle: null, quota: null, allowedOrigins: [] };
  return Object.keys(createTemplate(spec, platform).Resources).length;
}
