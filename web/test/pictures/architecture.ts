/** The README's drawing of the architecture, from what it names in the repository. */

interface Box {
  name: string;
  /** What it is on AWS, then what it is on one machine. */
  aws: string;
  embedded: string;
  /** A file or folder of the repository that is it: a test looks it up. */
  at: string;
  x: number;
  y: number;
}

export const boxes: Box[] = [
  { name: "Program", aws: "with a key", embedded: "with a key", at: "examples", x: 0, y: 0 },
  {
    name: "Gateway of the bot",
    aws: "WAF, API Gateway",
    embedded: "edge",
    at: "packages/local/src/edge",
    x: 1,
    y: 0,
  },
  {
    name: "Published API",
    aws: "Lambda",
    embedded: "the same handler",
    at: "packages/functions/src/published-api",
    x: 2,
    y: 0,
  },
  { name: "Queue", aws: "SQS", embedded: "fauxqs", at: "infra/queue.ts", x: 3, y: 0 },
  { name: "Owner", aws: "in the console", embedded: "in the console", at: "web", x: 0, y: 1 },
  {
    name: "Control API",
    aws: "Lambda, Cognito",
    embedded: "the same handler",
    at: "packages/functions/src/control-api",
    x: 1,
    y: 1,
  },
  {
    name: "Table and files",
    aws: "DynamoDB, S3",
    embedded: "dynalite, fauxqs",
    at: "infra/storage.ts",
    x: 2,
    y: 1,
  },
  {
    name: "Worker",
    aws: "Lambda",
    embedded: "the same handler",
    at: "packages/functions/src/workers/worker",
    x: 3,
    y: 1,
  },
  {
    name: "Deployer",
    aws: "CloudFormation",
    embedded: "mounts the template",
    at: "packages/functions/src/workers/deployer",
    x: 1,
    y: 2,
  },
  {
    name: "Model",
    aws: "Bedrock",
    embedded: "demo, Ollama, vLLM",
    at: "packages/local/src/bedrock",
    x: 3,
    y: 2,
  },
];

const arrows: [from: string, to: string][] = [
  ["Program", "Gateway of the bot"],
  ["Gateway of the bot", "Published API"],
  ["Published API", "Queue"],
  ["Queue", "Worker"],
  ["Published API", "Table and files"],
  ["Worker", "Table and files"],
  ["Worker", "Model"],
  ["Owner", "Control API"],
  ["Control API", "Table and files"],
  ["Control API", "Deployer"],
];

const [width, height] = [200, 78];
const [stepX, stepY] = [250, 130];
const left = ({ x }: Box) => 10 + x * stepX;
const top = ({ y }: Box) => 10 + y * stepY;

/** One SVG that follows the reader's colour scheme and loads nothing. */
export function drawArchitecture(): string {
  const viewWidth = 20 + 3 * stepX + width;
  const viewHeight = 20 + 2 * stepY + height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${viewWidth} ${viewHeight}" role="img" aria-labelledby="title">
<title id="title">A program calls the gateway of a bot; the published API queues its message; a worker asks the model and keeps the answer. The owner works in the console, whose control API publishes by the deployer.</title>
<style>
rect{fill:#fff;stroke:#868f9e}text{font:15px system-ui,sans-serif;fill:#15181e}.n{font-weight:600}.s{font-size:12.5px;fill:#525a68}path{fill:none;stroke:#1f4fd8;stroke-width:2;marker-end:url(#a)}marker path{fill:#1f4fd8;stroke:none;marker-end:none}
@media(prefers-color-scheme:dark){rect{fill:#171b22;stroke:#667083}text{fill:#eceff4}.s{fill:#a7afbd}path{stroke:#8fb0ff}marker path{fill:#8fb0ff}}
</style>
<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${arrows.map(([from, to]) => arrow(boxOf(from), boxOf(to))).join("\n")}
${boxes.map(draw).join("\n")}
</svg>
`;
}

function boxOf(name: string): Box {
  const box = boxes.find((candidate) => candidate.name === name);
  if (!box) throw new Error(`There is no box ${name}.`);
  return box;
}

function arrow(from: Box, to: Box): string {
  const isLevel = from.y === to.y;
  const isForth = to.x >= from.x;
  const begin = isLevel
    ? [left(from) + (isForth ? width : 0), top(from) + height / 2]
    : [left(from) + width / 2, top(from) + height];
  const end = isLevel
    ? [left(to) + (isForth ? 0 : width), top(to) + height / 2]
    : [left(to) + width / 2, top(to)];
  return `<path d="M${begin.join(" ")} ${end.join(" ")}"/>`;
}

const draw = (box: Box): string =>
  `<rect x="${left(box)}" y="${top(box)}" width="${width}" height="${height}" rx="9"/>
<text class="n" x="${left(box) + 14}" y="${top(box) + 27}">${box.name}</text>
<text class="s" x="${left(box) + 14}" y="${top(box) + 47}">AWS: ${box.aws}</text>
<text class="s" x="${left(box) + 14}" y="${top(box) + 65}">here: ${box.embedded}</text>`;
