import { createSignal } from "solid-js";

export type Theme = "system" | "light" | "dark";
const name = "outlet.theme";

const saved = (): Theme => {
  const value = localStorage.getItem(name);
  return value === "light" || value === "dark" ? value : "system";
};

const [theme, setSignal] = createSignal<Theme>(saved());

export { theme };

export function applyTheme(): void {
  const value = theme();
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
}

export function setTheme(value: Theme): void {
  setSignal(value);
  if (value === "system") localStorage.removeItem(name);
  else localStorage.setItem(name, value);
  applyTheme();
}
