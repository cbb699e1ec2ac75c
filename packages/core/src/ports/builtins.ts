/**
 * Node's own modules, each loaded when first needed. An `import` would have a function that starts
 * wait for all of them, and reads every property of each, some of which load others: of `crypto` Web
 * Crypto, of `http` undici. For what the functions of a call load at once; see `docs/bench.md`.
 */
export const nodeCrypto = lazily(() => process.getBuiltinModule("node:crypto"));
export const nodeNet = lazily(() => process.getBuiltinModule("node:net"));
export const nodeZlib = lazily(() => process.getBuiltinModule("node:zlib"));

function lazily<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= load());
}
