import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outputOf } from "../referees/command.ts";

export interface Configuration {
  /** The .cfg file. */
  text: string;
  /** What bounds the search, where it is to be another number than in the file. */
  bounds?: Record<string, number>;
}

export interface Finding {
  /** The invariant or property that does not hold; null where all do. */
  violated: string | null;
  /** Distinct states that were looked at. */
  states: number;
  /** What TLC said. */
  output: string;
}

/**
 * Has TLC look at every state of the model, or as many as it takes to find a violation.
 * @throws Error where TLC found neither: the model does not parse, or the machine gave up.
 */
export async function check(options: {
  classPath: string;
  /** Name of the module. */
  module: string;
  model: string;
  config: Configuration;
  /** Whether the first violation has to be the same each time: two workers race for it. */
  inOrder?: boolean;
}): Promise<Finding> {
  const { module, model } = options;
  const { text, bounds = {} } = options.config;
  const directory = await mkdtemp(join(tmpdir(), "outlet-protocol-"));
  try {
    await writeFile(join(directory, `${module}.tla`), model);
    const bounded = Object.entries(bounds).reduce(
      (config, [name, most]) => config.replace(new RegExp(`${name} = \\d+`), `${name} = ${most}`),
      text,
    );
    await writeFile(join(directory, `${module}.cfg`), bounded);
    const workers = options.inOrder ? "1" : "auto";
    return read(await runTlc(options.classPath, directory, module, workers), bounded);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function runTlc(
  classPath: string,
  directory: string,
  module: string,
  workers: string,
): Promise<string> {
  const args = [
    "-XX:+UseParallelGC",
    "-cp",
    classPath,
    // TLC unpacks its standard modules into the temporary directory.
    `-Djava.io.tmpdir=${directory}`,
    "tlc2.TLC",
    ...["-nowarning", "-cleanup", "-workers", workers],
    // Breadth first with the same fingerprints: one worker finds the same violation each time.
    ...["-seed", "1", "-fp", "1"],
    ...["-config", `${module}.cfg`, `${module}.tla`],
  ];
  return outputOf("java", args, { cwd: directory });
}

function read(output: string, config: string): Finding {
  const states = Number(
    [...output.matchAll(/([\d,]+) distinct states found/g)].at(-1)?.[1]?.replaceAll(",", "") ?? 0,
  );
  const named =
    /Invariant (\w+) is violated/.exec(output) ?? /Action property (\w+) is violated/.exec(output);
  if (named?.[1]) return { violated: named[1], states, output };
  // Of properties over time TLC does not say which one: a configuration has one.
  if (output.includes("Temporal properties were violated")) {
    const only = /^PROPERTIES (\w+)$/m.exec(config)?.[1];
    if (only) return { violated: only, states, output };
  }
  if (output.includes("No error has been found")) return { violated: null, states, output };
  throw new Error(`TLC came to no conclusion:\n${output}`);
}
