/** Of what every page sits in. */
export const copy = {
  skip: "Skip to content",
  nav: "Main",
  bots: "Bots",
  admin: "Admin",
  docs: "Docs",
  accountOf: (name: string) => `Account of ${name}`,
  noGroup: "In no group",
  signOut: "Sign out",
  themes: { system: "Theme of the system", light: "Light theme", dark: "Dark theme" },
  pageBroke: "This page broke",
};
