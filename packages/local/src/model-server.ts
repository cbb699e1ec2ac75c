export interface ModelServer {
  /** Up to and including the version: `http://127.0.0.1:11434/v1`. */
  baseUrl: string;
  apiKey?: string;
}

/**
 * Asks a server that has a convention of OpenAI's or its kin: JSON by POST, the key as a bearer token.
 * @param path behind the base URL: `embeddings`.
 * @param answerMax characters of an answer; one that is longer has no end.
 * @throws whatever `fetch` does, and Error for an answer without an end.
 */
export async function ask(
  { baseUrl, apiKey }: ModelServer,
  path: string,
  body: object,
  { signal, answerMax }: { signal: AbortSignal; answerMax: number },
): Promise<{ ok: boolean; status: number; text: string }> {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${path}`;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    },
    body: JSON.stringify(body),
    redirect: "error",
    signal,
  });
  const { ok, status } = response;
  return { ok, status, text: await bounded(response, answerMax) };
}

async function bounded(response: Response, max: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > max) throw new Error("The answer has no end.");
  }
  return text + decoder.decode();
}
