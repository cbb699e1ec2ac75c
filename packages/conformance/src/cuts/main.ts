import { runProgram, wholeNumber } from "../command-line.ts";
import { playCuts } from "./campaign.ts";

const usage = `Cuts streams of answers in every way, and looks at what their readers have in the end.

  npm run test:cuts -- [--seed S] [--cuts N]

Readers go away in the middle of an event, the edge restarts, workers die at any of their calls, models
break off and attempts are repeated, until there have been N cuts. Each reader goes on by Last-Event-ID,
or by starting_after on the face that OpenAI's clients know.
Ends with a line "N passed, N failed", and non-zero if any reader had an event twice, missed one, or
read another text than the answer.

  --seed S   any text; chosen and printed where absent
  --cuts N   at least, 1 to 100000 (500)`;

const say = (line: string) => process.stdout.write(`${line}\n`);

await runProgram(
  usage,
  {
    seed: { type: "string", default: String(Date.now() % 100_000) },
    cuts: { type: "string", default: "500" },
  },
  async ({ seed, cuts }) => {
    say(`seed ${seed}`);
    const report = await playCuts({ seed, cuts: wholeNumber("--cuts", cuts, [1, 100_000]), say });
    const kinds = Object.entries(report.cuts).map(([kind, count]) => `${kind} ${count}`);
    const { native, responses } = report.faces;
    say(`${report.runs} runs, ${native} native and ${responses} as responses`);
    say(`${report.events} events; ${kinds.join(", ")}`);
    for (const complaint of report.complaints) say(complaint);
    const failed = report.complaints.length;
    say(`${report.runs - Math.min(report.runs, failed)} passed, ${failed} failed`);
    process.exitCode = failed === 0 && report.runs > 0 ? 0 : 1;
  },
);
