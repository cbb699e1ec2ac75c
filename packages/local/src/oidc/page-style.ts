import { createHash } from "node:crypto";

/** The look of the issuer's own pages. Inline, so that a page is one answer and needs no route. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #ffffff; --line: #c3c8d0; --edge: #e1e4e9;
  --text: #16191f; --soft: #525a68; --accent: #1f4fd8; --accent-text: #ffffff; --accent-over: #183fae;
  --bad: #a3161b; --bad-page: #fdeeee; --bad-line: #e9b3b5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1217; --card: #181c23; --line: #4a5261; --edge: #2a303a;
    --text: #eceff4; --soft: #a7afbd; --accent: #8fb0ff; --accent-text: #0b1633; --accent-over: #b1c8ff;
    --bad: #ffb3b0; --bad-page: #361a1c; --bad-line: #6d3335;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center;
  padding: 1.5rem 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main {
  width: 100%; max-width: 25rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--edge); border-radius: 12px; box-shadow: 0 8px 30px rgb(0 0 0 / 6%);
}
.brand { margin: 0 0 1.5rem; display: flex; align-items: center; gap: .5rem; font-weight: 650; color: var(--text); }
.brand::before {
  content: ""; width: .8rem; height: .8rem; border-radius: 50%;
  border: .22rem solid var(--accent); border-right-color: transparent; transform: rotate(-45deg);
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
p { margin: .5rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
form { margin-top: 1.5rem; display: grid; gap: 1rem; }
label { display: block; margin-bottom: .35rem; font-size: .875rem; font-weight: 600; }
input:not([type=hidden]) {
  display: block; width: 100%; padding: .65rem .75rem; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: 8px;
}
input[aria-invalid] { border-color: var(--bad); }
button {
  display: block; width: 100%; padding: .7rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent-text); background: var(--accent); border: 1px solid transparent; border-radius: 8px;
}
button:hover { background: var(--accent-over); }
button.quiet { color: inherit; background: transparent; border-color: var(--line); }
button.quiet:hover { border-color: var(--text); }
.actions { margin-top: 1.5rem; display: grid; gap: .75rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); text-underline-offset: .15em; }
.alert {
  margin-top: 1.25rem; padding: .75rem 1rem; color: var(--bad); background: var(--bad-page);
  border: 1px solid var(--bad-line); border-radius: 8px;
}
.alert + p { margin-top: 1.25rem; }
.hint { margin-top: 1.25rem; padding-top: 1.25rem; border-top: 1px solid var(--edge); font-size: .875rem; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em; color: var(--text); }
`;

/** CSP Level 3 §6.7.3.3: names the one style element that may apply. */
export const styleSource = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;
