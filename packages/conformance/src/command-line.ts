import { type ParseArgsConfig, parseArgs } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Something on the command line is wrong; its message says what, and what would be right. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Runs a program with its options, or says how to call it: on `--help`, and in two lines on what
 * cannot be understood.
 *
 * @example
 * await runProgram("npm run test:kill -- [--times N]", { times: { type: "string" } }, (values) => …);
 */
export async function runProgram<O extends Options>(
  usage: string,
  options: O,
  program: (values: Values<O>) => Promise<void>,
): Promise<void> {
  try {
    const { values } = parse(options);
    if ("help" in values && values.help) return void process.stdout.write(`${usage}\n`);
    await program(values as Values<O>);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nTry --help.\n`);
    process.exitCode = 2;
  }
}

type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>["values"];

function parse(options: Options) {
  try {
    return parseArgs({ options: { ...options, help: { type: "boolean", short: "h" } } });
  } catch (error) {
    // Node's own words name the option; the advice that follows is about positional arguments.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(". ", 1)[0] ?? message);
  }
}

/** @throws UsageError */
export function wholeNumber(option: string, text: string, [min, max]: [number, number]): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${option} must be a whole number from ${min} to ${max}, not "${text}".`);
}
