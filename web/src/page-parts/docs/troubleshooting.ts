import { docsUrl } from "./docs-links.ts";

/** Sections of the page Troubleshooting, by the status that they are about; a test looks for each. */
export const sections: Record<number, string | undefined> = {
  400: "400-or-422-the-request-is-wrong",
  401: "401-sign-in",
  403: "403-refused-at-the-door",
  404: "404-not-there-or-not-yours",
  405: "405-or-415-another-method-or-type",
  413: "413-too-large",
  415: "405-or-415-another-method-or-type",
  422: "400-or-422-the-request-is-wrong",
  429: "429-too-fast-or-used-up",
  502: "502-or-504-the-run-failed",
  503: "503-not-now",
  504: "502-or-504-the-run-failed",
};

/** What to do about a status: its section, or the page where it has none. */
export const aboutStatus = (status: number): string => {
  const section = sections[status];
  return docsUrl("troubleshooting") + (section === undefined ? "" : `#${section}`);
};
