import { ApiError } from "~/api/api-error.ts";
import { api, authorizedFetch, read, requireGood } from "~/api/client.ts";
import { apiOrigin } from "~/session/session.ts";
import type { Source } from "../queries.ts";
import { copy } from "./copy.ts";

/** In one request, in base64; what is larger is announced and sent by itself. */
const inlineMax = 3_900_000;
const bytesMax = 100 * 1024 * 1024;

const route = api.bots[":botId"].knowledge;

/** Makes a source of a file. Its bytes, not its text: what they mean is found out by the sync. */
export async function uploadFile(botId: string, file: File): Promise<Source> {
  if (file.size === 0) throw refusal(copy.knowledge.emptyFile(file.name));
  if (file.size > bytesMax) throw refusal(copy.knowledge.tooLarge(file.name));
  const name = file.name.slice(-200);
  if (file.size > inlineMax) return sendApart(botId, file, name);
  const json = { name, base64: await base64Of(file) };
  return read(route.$post({ param: { botId }, json }));
}

async function sendApart(botId: string, file: File, name: string): Promise<Source> {
  const json = { name, bytes: file.size };
  const { uploadId, send } = await read(route.uploads.$post({ param: { botId }, json }));
  if (send.method === "PUT") {
    const init = { method: "PUT", body: file };
    await requireGood(await authorizedFetch(apiOrigin + send.url, init));
  } else await post(send, file);
  return read(route.uploads[":uploadId"].finish.$post({ param: { botId, uploadId } }));
}

/** To the object store, which knows no token: the form's fields are its right. */
async function post(
  { url, fields }: { url: string; fields: Record<string, string> },
  file: File,
): Promise<void> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", file);
  const answer = await fetch(url, { method: "POST", body: form }).catch(() => undefined);
  if (!answer?.ok) throw refusal(copy.knowledge.notSent(file.name));
}

const refusal = (message: string) =>
  new ApiError({ message, status: 0, code: "file_refused", requestId: null });

async function base64Of(file: File): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === "string" ? reader.result : "");
    reader.onerror = () => reject(refusal(copy.knowledge.unreadable(file.name)));
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}
