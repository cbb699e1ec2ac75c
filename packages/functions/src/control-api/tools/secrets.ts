import type { Tools } from "@outlet/core/bots/tools";
import * as Problem from "@outlet/core/foundation/problem";
import type { ControlApiDeps } from "../deps.ts";
import type { CredentialInput, HttpInput, McpInput } from "./input.ts";

type Deps = Pick<ControlApiDeps, "secrets" | "ids">;
type Header = Tools.SettingOf<"mcp">["headers"][number];

/**
 * Which secrets a tool is to have. New values get ids of their own; the old ones are kept only where
 * they go where they went before: else whoever may change an address could read what was written.
 */
export class SecretPlan {
  readonly #deps: Deps;
  readonly #botId: string;
  readonly #written = new Map<string, string>();
  constructor(deps: Deps, botId: string) {
    this.#deps = deps;
    this.#botId = botId;
  }

  credential(
    { credential, baseUrl }: Pick<HttpInput, "credential" | "baseUrl">,
    present: Tools.SettingOf<"http"> | undefined,
  ): Tools.Credential | null {
    if (!credential) return null;
    requireSecure(baseUrl, "setting.baseUrl");
    const kept = present?.credential;
    const isKept = kept && isSame(kept, credential) && isAt(present.baseUrl, baseUrl);
    const secretId = this.#idOf(
      credential.value,
      isKept ? kept.secretId : undefined,
      "setting.credential.value",
    );
    switch (credential.kind) {
      case "bearer":
        return { kind: "bearer", secretId };
      case "basic":
        return { kind: "basic", username: credential.username, secretId };
      default:
        return { kind: credential.kind, name: credential.name, secretId };
    }
  }

  headers(
    { headers, url }: Pick<McpInput, "headers" | "url">,
    present: Pick<Tools.SettingOf<"mcp">, "headers" | "url"> | undefined,
  ): Header[] {
    if (headers.length > 0) requireSecure(url, "setting.url");
    const known = present && isAt(present.url, url) ? present.headers : [];
    return headers.map(({ name, value }, i) => {
      const kept = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
      return { name, secretId: this.#idOf(value, kept?.secretId, `setting.headers[${i}].value`) };
    });
  }

  /** For a look at the server before anything is stored. */
  async values(headers: readonly Header[]): Promise<Record<string, string>> {
    const values = await Promise.all(
      headers.map(async ({ name, secretId }): Promise<[string, string]> => {
        const value =
          this.#written.get(secretId) ?? (await this.#deps.secrets.get(this.#botId, secretId));
        return [name, value ?? ""];
      }),
    );
    return Object.fromEntries(values);
  }

  /** Before the tool names them. */
  async write(): Promise<void> {
    for (const [secretId, value] of this.#written) {
      await this.#deps.secrets.put(this.#botId, secretId, value);
    }
  }

  #idOf(value: string | undefined, kept: string | undefined, param: string): string {
    if (value === undefined) {
      if (kept !== undefined) return kept;
      throw new Problem.ProblemError("invalid_request", {
        message:
          "Send the secret's value: there is none yet, or it was written for another address.",
        param,
      });
    }
    const secretId = this.#deps.ids.ulid();
    this.#written.set(secretId, value);
    return secretId;
  }
}

/** Ids of the secrets that a tool names. */
export function secretIdsOf(setting: Tools.Setting | undefined): string[] {
  switch (setting?.kind) {
    case "http":
      return setting.credential ? [setting.credential.secretId] : [];
    case "mcp":
      return setting.headers.map(({ secretId }) => secretId);
    default:
      return [];
  }
}

const isAt = (a: string, b: string): boolean => new URL(a).origin === new URL(b).origin;

function isSame(kept: Tools.Credential, given: CredentialInput): boolean {
  if (kept.kind !== given.kind) return false;
  return !("name" in kept) || !("name" in given) || kept.name === given.name;
}

/** A name that leads anywhere, without TLS, is where secrets are read on the way. */
function requireSecure(address: string, param: string): void {
  const { protocol, hostname } = new URL(address);
  if (protocol === "https:" || hostname === "localhost" || /^[\d.]+$|^\[/.test(hostname)) return;
  throw new Problem.ProblemError("invalid_request", {
    message: "Secrets are sent by https only. Give the address that begins with https://.",
    param,
  });
}
