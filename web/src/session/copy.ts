/** Of signing in. */
export const copy = {
  failed: "You could not be signed in",
  signInAgain: "Sign in again",
};
