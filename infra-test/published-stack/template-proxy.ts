import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Template } from "@outlet/aws/published-stack/template";
import type { Emulator } from "./deploy-function.ts";
import { forMiniStack } from "./for-ministack.ts";

/**
 * CloudFormation in front of MiniStack's own, which gets the template as it can run it. A changed
 * body needs a new signature: calls go on as the root user's, so the caller's rights to
 * CloudFormation are judged on the graph and not here.
 */
export async function startTemplateProxy({ endpoint, region }: Emulator) {
  const server = createServer((req, res) => void passOn(req, res));
  const passOn = async (req: IncomingMessage, res: ServerResponse) => {
    const form = new URLSearchParams(await text(req));
    const template = form.get("TemplateBody");
    if (template) {
      form.set("TemplateBody", JSON.stringify(forMiniStack(JSON.parse(template) as Template)));
    }
    const scope = `test/20260101/${region}/cloudformation/aws4_request`;
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-amz-date": "20260101T000000Z",
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=root`,
      },
      body: form,
    });
    res.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    res.end(await answer.text());
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
