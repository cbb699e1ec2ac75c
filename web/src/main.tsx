import "~/styles/base.css";
import { render } from "solid-js/web";
import { enter } from "~/session/session.ts";
import { applyTheme } from "./theme.ts";

applyTheme();
const root = document.getElementById("root");
const app = import("./app.tsx");
const entry = await enter();
if (root && entry.kind !== "leaving") {
  const { App, SignInFailed } = await app;
  if (entry.kind === "ready") render(() => <App />, root);
  else render(() => <SignInFailed message={entry.message} />, root);
}
