import { createCipheriv } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import type { Graph } from "../sst/graph.ts";
import type { Aliases } from "./aliases.ts";

type Build = Graph["data"]["functions"][string] & { encryptionKey?: string };

/** As SST's CLI writes resource.enc and its `Resource` reads it: AES-256-GCM with a nonce of zeros, the tag at the end. */
function encrypt(text: string, key: string): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64"), Buffer.alloc(12));
  return Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

/** A Lambda's zip as SST's CLI has built it, with the emulator's ids in what it is linked to. */
export async function packageFunction(
  build: Build,
  artifacts: string,
  aliases: Aliases,
  bootstrap?: string,
): Promise<Uint8Array> {
  const zip = await readFile(path.join(artifacts, build.functionID, "code.zip")).catch((cause) => {
    throw new Error(
      `No code of ${build.functionID} (${build.handler}): run infra-test/sst/check.mjs for this stage first`,
      { cause },
    );
  });
  const files: Zippable = unzipSync(zip);
  if (build.encryptionKey)
    files["resource.enc"] = encrypt(
      JSON.stringify(aliases.resolve(build.links)),
      build.encryptionKey,
    );
  if (bootstrap) files["bootstrap"] = [strToU8(bootstrap), { os: 3, attrs: 0o755 << 16 }];
  return zipSync(files, { level: 1 });
}
