import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";

/** A server of somebody else's on this machine. */
export async function serve(listener: RequestListener): Promise<{ port: number; close(): void }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export interface Target {
  /** With scheme and port, without a path. */
  base: string;
  paths: string[];
}

/**
 * Has a page try each target with every kind of request that a page can send.
 * @returns what it could read, as `METHOD path (mode, type): what was read`.
 */
export function attack(page: Page, targets: Target[]): Promise<string[]> {
  return page.evaluate(attackFromPage, targets);
}

/** Runs in the page: it may name nothing outside itself. */
async function attackFromPage(targets: { base: string; paths: string[] }[]): Promise<string[]> {
  const read: string[] = [];
  const item = JSON.stringify({ TableName: "outlet", message: { content: "x" }, title: "Taken" });
  const form = new URLSearchParams({ Action: "SendMessage", MessageBody: "x", name: "owner" });
  const multipart = new FormData();
  multipart.set("file", new Blob(["x"]), "x.txt");
  const amz = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.Scan",
    "x-amz-date": "20250101T000000Z",
    authorization: "AWS4-HMAC-SHA256 Credential=a/20250101/us-east-1/dynamodb/aws4_request",
  };
  // What needs no preflight, then what does.
  const posts: [body: BodyInit, headers: Record<string, string>][] = [
    [item, { "content-type": "text/plain" }],
    [form, {}],
    [multipart, {}],
    [item, { "content-type": "application/json" }],
    [item, amz],
    [item, { "content-type": "application/json", "x-api-key": "outlet_x" }],
  ];
  const attempts = (["cors", "no-cors"] as const).flatMap((mode) => [
    ...["GET", "HEAD", "DELETE", "OPTIONS"].map((method) => ({ method, mode, headers: {} })),
    { method: "GET", mode, headers: { authorization: "Bearer x" } },
    ...["POST", "PUT", "PATCH"].flatMap((method) =>
      posts.map(([body, headers]) => ({ method, mode, headers, body })),
    ),
  ]);
  const within = <T>(ms: number, promise: Promise<T>) =>
    Promise.race([promise, new Promise<undefined>((done) => setTimeout(done, ms))]);

  const byFetch = async (url: string) => {
    for (const init of attempts) {
      for (const credentials of ["include", "omit"] as const) {
        const signal = AbortSignal.timeout(5_000);
        const response = await fetch(url, { ...init, credentials, signal }).catch(() => null);
        if (!response || response.type === "opaque" || response.type === "opaqueredirect") continue;
        const text = await response.text().catch(() => "");
        const { "content-type": type = "" } = init.headers as Record<string, string>;
        const how = `${init.mode}, ${credentials}${type && `, ${type}`}`;
        read.push(`${init.method} ${url} (${how}): ${response.status} ${text.slice(0, 80)}`);
      }
    }
  };
  const byElement = (url: string, tag: "img" | "script" | "iframe" | "link" | "object") =>
    new Promise<void>((done) => {
      const element = document.createElement(tag);
      element.onload = element.onerror = () => {
        // A frame tells its parent what it may read.
        const frame = element instanceof HTMLIFrameElement ? element.contentDocument : null;
        const text = frame?.URL === url ? frame.body.textContent : null;
        if (text) read.push(`${tag} ${url}: ${text.slice(0, 80)}`);
        if (element instanceof HTMLImageElement && element.naturalWidth > 0)
          read.push(`img ${url}`);
        done();
      };
      if (element instanceof HTMLLinkElement) {
        element.rel = "stylesheet";
        element.href = url;
      } else if (element instanceof HTMLObjectElement) element.data = url;
      else element.src = url;
      document.body.append(element);
    });
  const byForm = (url: string, enctype: string) => {
    const frame = document.createElement("iframe");
    frame.name = `frame-${Math.random()}`;
    const sent = document.createElement("form");
    Object.assign(sent, { action: url, method: "POST", enctype, target: frame.name });
    const field = document.createElement("input");
    field.name = '{"TableName":"outlet","a":"';
    field.value = '"}';
    sent.append(field);
    document.body.append(frame, sent);
    sent.submit();
  };
  const bySocket = (url: string) =>
    new Promise<void>((done) => {
      const socket = new WebSocket(url.replace(/^http/, "ws"));
      socket.onopen = () => void read.push(`WebSocket ${url}`);
      socket.onclose = () => done();
    });
  const byEvents = (url: string) =>
    new Promise<void>((done) => {
      const source = new EventSource(url, { withCredentials: true });
      const end = (said?: string) => {
        if (said !== undefined) read.push(`EventSource ${url}: ${said}`);
        source.close();
        done();
      };
      source.onopen = () => end("open");
      source.onerror = () => end();
    });

  const tags = ["img", "script", "iframe", "link", "object"] as const;
  const byAll = async (url: string) => {
    await byFetch(url);
    navigator.sendBeacon(url, item);
    for (const type of ["text/plain", "multipart/form-data"]) byForm(url, type);
    await within(5_000, Promise.all(tags.map((tag) => byElement(url, tag))));
    await within(5_000, Promise.all([bySocket(url), byEvents(url)]));
  };
  await Promise.all(targets.flatMap(({ base, paths }) => paths.map((path) => byAll(base + path))));
  return read;
}
