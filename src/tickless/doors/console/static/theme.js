// Light, dark, or as the system has it: kept in a cookie, so that the server draws the right one at once.

const NEXT = { "": "dark", dark: "light", light: "" };
const NAMES = { "": "Theme: system", dark: "Theme: dark", light: "Theme: light" };

export function themes(buttons) {
  const root = document.documentElement;
  const label = () => {
    for (const button of buttons) button.lastChild.textContent = NAMES[root.dataset.theme ?? ""];
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const chosen = NEXT[root.dataset.theme ?? ""];
      if (chosen) root.dataset.theme = chosen;
      else delete root.dataset.theme;
      document.cookie = `tickless_theme=${chosen}; path=/; max-age=${chosen ? 31536000 : 0}; samesite=lax`;
      label();
    });
  }
  if (buttons.length) label();
}
