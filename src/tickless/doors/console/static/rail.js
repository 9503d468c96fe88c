// Which groups of the rail somebody has opened: kept in a cookie, so that the server draws them so at once.

const YEAR = 31536000;

export function folds(groups) {
  const keep = () => {
    const open = [...groups].filter((group) => group.open).map((group) => group.dataset.rail);
    document.cookie = `tickless_rail=${encodeURIComponent(open.join("."))}; path=/; max-age=${YEAR}; samesite=lax`;
  };
  for (const group of groups) group.querySelector("summary").addEventListener("click", () => setTimeout(keep));
}
