import { type Episode, tokensPerAnswer } from "./episode.ts";

/** What is wrong about an episode; nothing where all holds. */
export function complaints(episode: Episode): string[] {
  const { run, answer, results, carriedOut, entries, badRequests, modelAnswers } = episode;
  const wrong: string[] = [...badRequests];
  if (!["completed", "failed"].includes(run.status)) wrong.push(`the run is ${run.status}`);
  for (const [key, { tool, times }] of carriedOut) {
    if (tool === "order" && times > 1) wrong.push(`${key} was carried out ${times} times`);
  }
  const told = new Set(results.map(({ callId }) => callId));
  for (const [key, { callId }] of carriedOut) {
    if (!told.has(callId)) wrong.push(`${key} was carried out, and the run does not say so`);
  }
  const unknown = results.filter(({ outcome }) => outcome === "unknown");
  if (run.unknownCalls !== unknown.length) {
    wrong.push(`${unknown.length} calls are unknown, and the run says ${run.unknownCalls}`);
  }
  for (const { outcome, callId } of results) {
    const isDone = [...carriedOut.values()].some((call) => call.callId === callId);
    if (outcome === "succeeded" && !isDone) wrong.push(`${callId} succeeded and was never made`);
  }
  const tokens = (all: Episode["entries"]) =>
    all.reduce((sum, entry) => sum + entry.inputTokens + entry.outputTokens, 0);
  const own = entries.filter(({ abandoned }) => !abandoned);
  if (own.length !== 1) wrong.push(`${own.length} entries in the ledger`);
  if (tokens(entries) > modelAnswers * tokensPerAnswer) wrong.push("more was billed than used");
  if (run.status === "completed") {
    const expected = (answer.steps.length + 1) * tokensPerAnswer;
    if (tokens(own) !== expected) wrong.push(`billed ${tokens(own)} and not ${expected}`);
    if (answer.steps.length !== episode.plan.rounds.length) wrong.push("a round is missing");
    const said = episode.plan.rounds.map((_, round) => `Round ${round}.`);
    const text = [...said, `Round ${said.length}.`].join("\n\n");
    const [part] = answer.answer ?? [];
    if (part?.contentType !== "text" || part.body !== text) wrong.push("the answer is another one");
  }
  return wrong;
}
