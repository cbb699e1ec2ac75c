import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { Parameters, severalParameters } from "./parameters.ts";
import { fnmatch, type Right } from "./right.ts";
import type { Target } from "./cloud.ts";

/**
 * Stands between functions and the emulator and asks for the rights that AWS asks for and MiniStack
 * 1.5.33 does not, by what the caller's role has in the emulator at that moment:
 *
 * - S3 answers 403 and not 404 for an object that is not there unless the caller may list the bucket
 *   (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
 * - Whoever hands CloudFormation a role must be allowed to pass it
 *   (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html).
 * - What names several parameters, or their path, is judged by those (`parameters.ts`).
 * - What goes to CloudFormation by way of `cloudFormation`, which signs anew, is judged here.
 */
export class Guard {
  readonly #iam: IAMClient;
  readonly #parameters: Parameters;
  readonly #servers: ReturnType<typeof createServer>[] = [];
  readonly #holds = new Set<Hold>();

  readonly target: Target;
  /** Where calls of CloudFormation go on to. */
  readonly cloudFormation: string;
  /** Changes what CloudFormation answers: to names that can be resolved here. */
  readonly translate: (answer: string) => string;

  constructor(
    target: Target,
    cloudFormation: string,
    translate: (answer: string) => string = (answer) => answer,
  ) {
    this.target = target;
    this.cloudFormation = cloudFormation;
    this.translate = translate;
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    this.#iam = new IAMClient({ ...target, credentials });
    this.#parameters = new Parameters(target);
  }

  /** An endpoint for all of S3, Parameter Store and CloudFormation that one role's functions call. */
  async open(role: string): Promise<string> {
    const server = createServer((req, res) => {
      this.#pass(role, req, res).catch((error: unknown) => res.writeHead(502).end(String(error)));
    });
    this.#servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async allows(role: string, right: Right): Promise<boolean> {
    const { PolicyNames = [] } = await this.#iam.send(
      new ListRolePoliciesCommand({ RoleName: role }),
    );
    const documents = await Promise.all(
      PolicyNames.map(async (PolicyName) => {
        const { PolicyDocument = "" } = await this.#iam.send(
          new GetRolePolicyCommand({ RoleName: role, PolicyName }),
        );
        return decodeURIComponent(PolicyDocument);
      }),
    );
    return documents.some((document) => grants(JSON.parse(document) as Policy, right));
  }

  /** Keeps the next request of this kind back until it is let go. */
  hold(method: string, path: RegExp): Hold {
    const hold = new Hold(method, path, () => this.#holds.delete(hold));
    this.#holds.add(hold);
    return hold;
  }

  stop(): void {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #pass(role: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = "", url = "" } = req;
    for (const hold of this.#holds) if (hold.fits(method, url)) await hold.passed();
    if (req.headers["content-type"]?.startsWith("application/x-www-form-urlencoded"))
      return this.#cloudFormation(role, await text(req), res);
    if (severalParameters.test(String(req.headers["x-amz-target"])))
      return this.#ofParameters(role, req, res);
    const answer = await forward(this.target.endpoint, req);
    const missing = method === "GET" && answer.statusCode === 404;
    const bucket = `arn:aws:s3:::${url.split("/")[1]}`;
    if (missing && !(await this.allows(role, { action: "s3:ListBucket", resource: bucket }))) {
      answer.resume();
      const words = denial(role, { action: "s3:ListBucket", resource: bucket });
      return void res
        .writeHead(403, { "content-type": "application/xml" })
        .end(`<Error><Code>AccessDenied</Code><Message>${words}</Message></Error>`);
    }
    res.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(res);
  }

  async #ofParameters(role: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { rights, send } = this.#parameters.read(req.headers["x-amz-target"], await text(req));
    const headers = { "content-type": "application/x-amz-json-1.1" };
    for (const right of rights) {
      if (await this.allows(role, right)) continue;
      const refusal = { __type: "AccessDeniedException", Message: denial(role, right) };
      return void res.writeHead(400, headers).end(JSON.stringify(refusal));
    }
    res.writeHead(200, headers).end(JSON.stringify(await send()));
  }

  async #cloudFormation(role: string, body: string, res: ServerResponse): Promise<void> {
    const form = new URLSearchParams(body);
    for (const right of this.#askedBy(form)) {
      if (await this.allows(role, right)) continue;
      const code = `<Code>AccessDenied</Code><Message>${denial(role, right)}</Message>`;
      return void res
        .writeHead(403, { "content-type": "text/xml" })
        .end(`<ErrorResponse><Error><Type>Sender</Type>${code}</Error></ErrorResponse>`);
    }
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await fetch(this.cloudFormation, { method: "POST", headers, body });
    res.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    res.end(this.translate(await answer.text()));
  }

  #askedBy(form: URLSearchParams): Right[] {
    const { region, account } = this.target;
    const name = form.get("StackName") ?? "";
    const stacks = `arn:aws:cloudformation:${region}:${account}:stack`;
    const resource = name.startsWith("arn:") ? name : `${stacks}/${name}/any`;
    const role = form.get("RoleARN");
    const context = { "iam:PassedToService": "cloudformation.amazonaws.com" };
    return [
      { action: `cloudformation:${form.get("Action")}`, resource },
      ...(role ? [{ action: "iam:PassRole", resource: role, context }] : []),
    ];
  }
}

/** A request that waits, so that a test can change the world while it is on its way. */
class Hold {
  readonly #reached = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();

  readonly method: string;
  readonly path: RegExp;
  readonly forget: () => void;

  constructor(method: string, path: RegExp, forget: () => void) {
    this.method = method;
    this.path = path;
    this.forget = forget;
  }

  /** Resolves when the request has come. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  fits = (method: string, path: string): boolean => method === this.method && this.path.test(path);

  async passed(): Promise<void> {
    this.forget();
    this.#reached.resolve();
    await this.#released.promise;
  }

  release(): void {
    this.forget();
    this.#released.resolve();
  }
}

interface Policy {
  Statement: {
    Effect: string;
    Action: string | string[];
    Resource: string | string[];
    Condition?: Record<string, Record<string, string | string[]>>;
  }[];
}

/** Of policies that only allow, by actions and resources named and by equal strings: all that ours have. */
function grants({ Statement }: Policy, { action, resource, context = {} }: Right): boolean {
  return Statement.some(({ Effect, Action, Resource, Condition = {} }) => {
    if (Effect !== "Allow") throw new Error(`A statement that says ${Effect} is not understood`);
    const { StringEquals = {}, ...others } = Condition;
    if (Object.keys(others).length > 0)
      throw new Error(`Not understood: ${Object.keys(others).join()}`);
    return (
      [Action].flat().includes(action) &&
      [Resource].flat().some((pattern) => fnmatch(pattern, resource)) &&
      Object.entries(StringEquals).every(([key, values]) =>
        [values].flat().includes(context[key] ?? ""),
      )
    );
  });
}

const denial = (role: string, { action, resource }: Right): string =>
  `${role} is not authorized to perform: ${action} on resource: ${resource}`;

function forward(endpoint: string, req: IncomingMessage): Promise<IncomingMessage> {
  const { method, headers, url = "" } = req;
  return new Promise((resolve, reject) => {
    // The host stays as it was signed.
    const onward = request(new URL(url, endpoint), { method, headers }, resolve);
    onward.on("error", reject);
    req.pipe(onward);
  });
}
