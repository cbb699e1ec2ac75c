import { createSsmClient } from "@outlet/aws/ssm-client";
import { createSsmSecretStore } from "@outlet/aws/ssm-secret-store";
import type { SecretStore } from "@outlet/core/ports";

/** In a module of its own: only bots with tools have any. */
export const openSecrets = (options: { region: string }, path: string): SecretStore =>
  createSsmSecretStore({ client: createSsmClient(options), path });
