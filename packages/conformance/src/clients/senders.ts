import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { answerOf, type ClientAnswer, type ClientRequest } from "./requests.ts";

/** Sends a request as one kind of client does. */
export type Sender = (
  endpoint: string,
  apiKey: string,
  request: ClientRequest,
) => Promise<ClientAnswer>;

export const byFetch: Sender = async (endpoint, apiKey, { method, path, headers, body }) => {
  const response = await fetch(endpoint + path, {
    method,
    headers: { ...headers, "x-api-key": apiKey },
    ...(body ? { body: Buffer.from(body) } : {}),
  });
  return answerOf(response.status, response.headers.get("content-type"), await response.text());
};

export const byCurl: Sender = async (endpoint, apiKey, { method, path, headers, body }) => {
  const lines = Object.entries({ ...headers, "x-api-key": apiKey });
  const args = ["--silent", "--show-error", "--path-as-is", "--max-time", "20"];
  args.push("--write-out", "\n%{http_code} %{content_type}");
  args.push(...(method === "HEAD" ? ["--head", "--output", "/dev/null"] : ["--request", method]));
  args.push(...lines.flatMap(([name, value]) => ["--header", `${name}: ${value}`]));
  if (body) args.push("--data-binary", "@-");
  const said = await run("curl", [...args, endpoint + path], body);
  const at = said.lastIndexOf("\n");
  const [status = "", ...type] = said.slice(at + 1).split(" ");
  return answerOf(Number(status), type.join(" "), said.slice(0, at));
};

/** Bytes over a socket, in either version of HTTP/1. */
export const byRawSocket =
  (version: "1.0" | "1.1", form: "origin" | "absolute" = "origin"): Sender =>
  async (endpoint, apiKey, { method, path, headers, body }) => {
    const { hostname, port, host, pathname, origin } = new URL(endpoint);
    const target = `${form === "absolute" ? origin : ""}${pathname}${path}`;
    const length = body ? { "content-length": String(body.length) } : {};
    const lines = { host, "x-api-key": apiKey, connection: "close", ...headers, ...length };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`);
    const socket = connect(Number(port), hostname);
    socket.write([`${method} ${target} HTTP/${version}`, ...head, "", ""].join("\r\n"));
    if (body) socket.write(body);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
    await once(socket, "end");
    socket.end();
    return readAnswer(Buffer.concat(chunks));
  };

function readAnswer(bytes: Buffer): ClientAnswer {
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, end).toString("latin1");
  const type = /^content-type: *(.*)$/im.exec(head)?.[1] ?? null;
  const isChunked = /^transfer-encoding: *chunked/im.test(head);
  const rest = bytes.subarray(end + 4);
  const body = isChunked ? unchunk(rest) : rest;
  return answerOf(Number(head.split(" ")[1]), type, body.toString("utf8"));
}

/** RFC 9112 §7.1 */
function unchunk(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString("latin1"), 16);
    if (!(size > 0)) break;
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

export function run(command: string, args: string[], input?: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin?.end(input);
  });
}
