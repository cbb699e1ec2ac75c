/**
 * What `@modelcontextprotocol/conformance` asks of a server that has more than one tool: the suite
 * fails if anything else does, and if one of these does not.
 */
type Inapplicable = Record<string, readonly string[]>;

const inEither: Inapplicable = {
  "calls tools of the suite's own example server": [
    "tools-call-simple-text",
    "tools-call-image",
    "tools-call-audio",
    "tools-call-embedded-resource",
    "tools-call-mixed-content",
    "tools-call-error",
    "tools-call-with-progress",
  ],
  "a bot has no resources": [
    "resources-list",
    "resources-read-text",
    "resources-read-binary",
    "resources-templates-read",
  ],
  "a bot has no prompts": [
    "prompts-list",
    "prompts-get-simple",
    "prompts-get-with-args",
    "prompts-get-embedded-resource",
    "prompts-get-with-image",
  ],
  "there is nothing to complete": ["completion-complete"],
};

export const inapplicable: Record<string, Inapplicable> = {
  "2025-11-25": {
    ...inEither,
    "calls tools of the suite's own, which ask the client in turn": [
      "tools-call-sampling",
      "tools-call-elicitation",
      "tools-call-with-logging",
      "elicitation-sep1034-defaults",
      "elicitation-sep1330-enums",
    ],
    "clients are told nothing of what is logged": ["logging-set-level"],
    "there are no resources to subscribe to": ["resources-subscribe", "resources-unsubscribe"],
    "there are no sessions, which a warning regrets": ["server-sse-multiple-streams"],
  },
  "2026-07-28": {
    ...inEither,
    "four checks call tools of the suite's own": [
      "server-stateless:sep-2575-server-rejects-undeclared-capability",
      "server-stateless:sep-2575-missing-capability-http-400",
      "server-stateless:sep-2575-http-server-no-independent-requests-on-stream",
      "server-stateless:sep-2575-server-no-log-without-loglevel",
    ],
    "three checks list prompts and resources": [
      "caching:sep-2549-prompts-list-caching-hints",
      "caching:sep-2549-resources-list-caching-hints",
      "caching:sep-2549-resources-templates-list-caching-hints",
    ],
    "there are no resources that could be missing": ["sep-2164-resource-not-found"],
    "calls tools of the suite's own, which need more input": [
      "input-required-result-basic-elicitation",
      "input-required-result-basic-sampling",
      "input-required-result-basic-list-roots",
      "input-required-result-request-state",
      "input-required-result-multiple-input-requests",
      "input-required-result-multi-round",
      "input-required-result-missing-input-response",
      "input-required-result-non-tool-request",
      "input-required-result-result-type",
      "input-required-result-tampered-state",
      "input-required-result-capability-check",
      "input-required-result-ignore-extra-params",
    ],
  },
};
