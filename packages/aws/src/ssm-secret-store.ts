import {
  DeleteParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import type { SecretStore } from "@outlet/core/ports";
import { reachStore } from "./store-error.ts";

/** DeleteParameters takes so many names, and GetParametersByPath gives no more. */
const atOnce = 10;

/**
 * The secret store port on Systems Manager's Parameter Store: SecureString parameters under the
 * account's own key `aws/ssm`, one path per bot.
 *
 * @param options.path of the installation, such as `/outlet/production/bots`.
 * @example createSsmSecretStore({ client: createSsmClient({ region }), path: "/outlet/dev/bots" })
 */
export function createSsmSecretStore({
  client,
  path,
}: {
  client: SSMClient;
  path: string;
}): SecretStore {
  const reach = <T>(call: Promise<T>) => reachStore("Parameter Store", call);
  const nameOf = (botId: string, secretId: string) => `${path}/${botId}/${secretId}`;
  const removeNames = async (Names: string[]) => {
    // Names that are not there are told of in the answer, and are no error.
    await reach(client.send(new DeleteParametersCommand({ Names })));
  };
  return {
    async put(botId, secretId, Value) {
      const Name = nameOf(botId, secretId);
      await reach(client.send(new PutParameterCommand({ Name, Value, Type: "SecureString" })));
    },
    async get(botId, secretId) {
      const Name = nameOf(botId, secretId);
      try {
        const { Parameter } = await reach(
          client.send(new GetParameterCommand({ Name, WithDecryption: true })),
        );
        return Parameter?.Value;
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined;
        throw error;
      }
    },
    remove: (botId, secretId) => removeNames([nameOf(botId, secretId)]),
    async removeAll(botId) {
      // Names only: nothing is decrypted.
      const Path = `${path}/${botId}`;
      const names: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await reach(
          client.send(new GetParametersByPathCommand({ Path, MaxResults: atOnce, NextToken })),
        );
        names.push(...(page.Parameters ?? []).flatMap(({ Name }) => Name ?? []));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      for (let i = 0; i < names.length; i += atOnce) await removeNames(names.slice(i, i + atOnce));
    },
  };
}
