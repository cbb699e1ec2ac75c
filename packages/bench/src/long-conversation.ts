/**
 * What a turn costs as a conversation grows: `npm run bench:long-conversation [-- turns]`. Prints
 * JSON; exits non-zero where it grows.
 */
import { costOfTurns } from "./turns.ts";

const figures = await costOfTurns(Number(process.argv[2] ?? 1_000));
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
process.exitCode = figures.good ? 0 : 1;
