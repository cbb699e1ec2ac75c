import { Parser } from "htmlparser2";

/** A page's form with a password in it, as a browser would see it. */
interface SignInForm {
  /** Absolute. */
  action: URL;
  /** Every field that a submission would carry, with the value it has in the page. */
  fields: Record<string, string>;
  nameField: string;
  passwordField: string;
}

export interface SignInDocument {
  /** Absent where no form of the page asks for a password. */
  form?: SignInForm;
  /** What the page says went wrong: the text of its `role="alert"` element. */
  alert?: string;
}

interface Draft {
  action: string;
  fields: Record<string, string>;
  nameField?: string;
  passwordField?: string;
}

/** Reads a sign-in page. Relative addresses are resolved against `url`. */
export function parseSignInPage(html: string, url: URL): SignInDocument {
  let draft: Draft | undefined;
  let found: Draft | undefined;
  let alert = "";
  // How deep inside the alert the parser is; 0 is outside.
  let alertDepth = 0;
  const parser = new Parser({
    onopentag(tag, attributes) {
      if (alertDepth > 0 || attributes["role"] === "alert") alertDepth += 1;
      if (tag === "form") draft = { action: attributes["action"] ?? "", fields: {} };
      if (tag === "input" && draft) addField(draft, attributes);
    },
    ontext(text) {
      if (alertDepth > 0) alert += text;
    },
    onclosetag(tag) {
      if (alertDepth > 0) alertDepth -= 1;
      if (tag !== "form") return;
      if (draft?.passwordField !== undefined) found ??= draft;
      draft = undefined;
    },
  });
  parser.end(html);
  const form = complete(found, url);
  return { ...(form && { form }), ...(alert.trim() && { alert: alert.trim() }) };
}

function complete(found: Draft | undefined, url: URL): SignInForm | undefined {
  if (found?.nameField === undefined || found.passwordField === undefined) return undefined;
  const { fields, nameField, passwordField } = found;
  return { action: new URL(found.action, url), fields, nameField, passwordField };
}

function addField(draft: Draft, attributes: Record<string, string>) {
  const { name, type = "text", value = "" } = attributes;
  if (!name) return;
  draft.fields[name] = value;
  if (type === "password") draft.passwordField ??= name;
  if (type === "text" || type === "email") draft.nameField ??= name;
}
