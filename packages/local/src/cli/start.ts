import { ensureConsole } from "../runtime/console-build.ts";
import { OptionError, readOptions, usage } from "../runtime/options.ts";
import { type Ready, removeStaleReady } from "../runtime/ready-file.ts";
import { noteRunning } from "../runtime/running.ts";
import { type Runtime, startRuntime } from "../runtime/runtime.ts";

// Not `exitCode`: whatever is still open, such as the channel to whoever started us, must not keep a
// process that has failed, or one that has nothing left to do.
process.exit(await main());

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (!options) {
    process.stdout.write(usage);
    return 0;
  }
  const asked = untilAskedToStop();
  await removeStaleReady(options.dataDir);
  try {
    await ensureConsole(() => process.stderr.write("Building the console …\n"));
  } catch (error) {
    // Everything but the console works without it.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  let runtime: Runtime;
  try {
    runtime = await startRuntime(options);
  } catch (error) {
    process.stderr.write(`Outlet did not start: ${explain(error, options.port)}\n`);
    return 1;
  }
  const forget = noteRunning(options.dataDir);
  process.stdout.write(welcome(runtime.ready, options.dataDir));
  const reason = await Promise.race([asked, runtime.failed]);
  forget();
  process.stderr.write(`\n${reason} Finishing what is in flight …\n`);
  await runtime.stop();
  return reason.startsWith("The ") ? 1 : 0;
}

/** Resolves at the first signal, or when the process that started this one is gone. */
function untilAskedToStop(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => resolve(`Stopping (${signal}).`));
    }
    if (process.connected) process.on("disconnect", () => resolve("Stopping (no parent)."));
  });
}

function explain(error: unknown, port: number): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const choose = "Choose another with --port, or 0 for any free one.";
  if (code === "EADDRINUSE") return `port ${port} is in use. ${choose}`;
  if (code === "EACCES") return `port ${port} is not for this user to listen on. ${choose}`;
  return error instanceof Error ? error.message : String(error);
}

function welcome(ready: Ready, dataDir: string): string {
  const users = ready.users.map(
    ({ name, password, groups }) =>
      `    ${name.padEnd(6)} ${password}  ${groups.join(", ") || "(no group)"}`,
  );
  const { endpoint, apiKey } = ready.sampleBot;
  return `Outlet is running on this machine.

  Console      ${ready.consoleUrl}
  Docs         ${ready.consoleUrl}docs/
  Control API  ${ready.controlApiUrl}
  Sign-in      ${ready.issuer}
${users.join("\n")}
  Data         ${dataDir}

Ask the sample bot:

  curl -sS ${endpoint}/conversation -H 'x-api-key: ${apiKey}' \\
    -H 'content-type: application/json' -H 'prefer: wait=25' \\
    -d '{"message":{"content":[{"contentType":"text","body":"What is Outlet?"}]}}'

Stop with Ctrl-C.
`;
}
