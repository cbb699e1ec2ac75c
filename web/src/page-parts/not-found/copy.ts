/** Where there is no page. */
export const copy = {
  title: "Not found",
  heading: "There is no such page",
  text: "The address may be mistyped, or what it named may be gone.",
  action: "Go to the bots",
};
