import { parseConverseRequest } from "./converse-request.ts"; import { createDemoModel } from "./demo-model.ts"; import { readFileSync } from "node:fs";
const m = createDemoModel({}, { clock: { now: () => performance.now(), sleep: async () => {} }, log: console as never });
const doc = readFileSync("/work/shared/design/architecture.md", "utf8");
for (const [name, n] of [["8 KB", 1], ["150 KB", 15], ["600 KB", 60]] as const) {
  const system = [{ text: "Be kind." }, { text: "<knowledge>" + Array.from({length:n},(_,i)=>`<passage source="a${i}" rank="${i+1}">${doc}</passage>`).join("") + "</knowledge>" }];
  const body = Buffer.from(JSON.stringify({ system, messages: [{ role: "user", content: [{ text: "Which states does a run have?" }] }] }));
  for (let k=0;k<3;k++){ const t = performance.now(); let usage; for await (const e of m.stream(parseConverseRequest("m", body), new AbortController().signal)) usage = e.body; console.log(name, (performance.now()-t).toFixed(0),"ms", JSON.stringify(usage)); }
}
for (const evil of [" ".repeat(1e6), "\n".repeat(3e5), "<passage ".repeat(1e5), "<passage>".repeat(5e4), "e.g. ".repeat(1e5), "a".repeat(1e6), "#".repeat(1e6), "# a" + " #".repeat(2e5) + "x"]) {
  const t = performance.now(); const body = Buffer.from(JSON.stringify({ system: [{text: evil+"x"}], messages: [{ role: "user", content: [{ text: "hi there "+evil }] }] }));
  for await (const _ of m.stream(parseConverseRequest("m", body), new AbortController().signal)); console.log(JSON.stringify(evil.slice(0,10)), (performance.now()-t).toFixed(0));
}
