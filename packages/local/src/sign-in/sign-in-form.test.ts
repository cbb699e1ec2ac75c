import { describe, expect, test } from "vitest";
import { parseSignInPage } from "./sign-in-form.ts";

const url = new URL("http://localhost:4100/oidc/interaction/abc");

describe("a sign-in page", () => {
  test("is read with its hidden fields, whatever the order of attributes", () => {
    const html = `<form action=/search><input name=q></form>
      <FORM action="../login?a=1&amp;b=2" method=post>
      <input value="x&amp;y" type=hidden name=csrf><input type="email" name="user">
      <input name='pw' type='password'><button>Go</button></form>`;
    expect(parseSignInPage(html, url)).toEqual({
      form: {
        action: new URL("http://localhost:4100/oidc/login?a=1&b=2"),
        fields: { csrf: "x&y", user: "", pw: "" },
        nameField: "user",
        passwordField: "pw",
      },
    });
  });

  test("without a form that asks for a password has no form", () => {
    expect(parseSignInPage("<form><input name=a></form><input type=password name=p>", url)).toEqual(
      {},
    );
    expect(parseSignInPage("", url)).toEqual({});
  });

  test("says what went wrong, nested markup and all", () => {
    const html = `<p role="alert"> Wrong <b>name</b>. <br>Try again. </p><p>Else</p>`;
    expect(parseSignInPage(html, url)).toEqual({ alert: "Wrong name. Try again." });
  });
});
