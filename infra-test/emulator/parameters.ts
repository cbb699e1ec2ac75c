import {
  DeleteParametersCommand,
  GetParametersByPathCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import * as v from "valibot";
import type { Target } from "./cloud.ts";
import type { Right } from "./right.ts";

const ByPath = v.looseObject({ Path: v.string() });
const Removal = v.looseObject({ Names: v.array(v.string()) });

export const severalParameters = /^AmazonSSM\.(GetParametersByPath|DeleteParameters)$/;

/**
 * Calls of Parameter Store whose resources MiniStack 1.5.33 takes for `*`, so that it refuses whoever may
 * make them on some parameters only. AWS asks for the right to each parameter that is named, or to the path
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
 */
export class Parameters {
  readonly #target: Target;
  readonly #ssm: SSMClient;

  constructor(target: Target) {
    this.#target = target;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    this.#ssm = new SSMClient({ ...target, credentials });
  }

  /** The call of a request. @param operation its `x-amz-target`, which {@link severalParameters} fits. */
  read(operation: unknown, body: string): { rights: Right[]; send: () => Promise<object> } {
    if (operation === "AmazonSSM.GetParametersByPath") {
      const input = v.parse(ByPath, JSON.parse(body));
      const rights = [this.#right("GetParametersByPath", input.Path)];
      return { rights, send: () => this.#byPath(new GetParametersByPathCommand(input)) };
    }
    const input = v.parse(Removal, JSON.parse(body));
    const rights = input.Names.map((name) => this.#right("DeleteParameters", name));
    return { rights, send: () => this.#ssm.send(new DeleteParametersCommand(input)) };
  }

  /** As it goes over the wire, where times are seconds. */
  async #byPath(command: GetParametersByPathCommand): Promise<object> {
    const { Parameters: found = [], NextToken } = await this.#ssm.send(command);
    const seconds = (time?: Date) => time && time.getTime() / 1000;
    return {
      NextToken,
      Parameters: found.map((one) => ({ ...one, LastModifiedDate: seconds(one.LastModifiedDate) })),
    };
  }

  #right(action: string, name: string): Right {
    const { region, account } = this.#target;
    return {
      action: `ssm:${action}`,
      resource: `arn:aws:ssm:${region}:${account}:parameter${name}`,
    };
  }
}
