// Ages move on while the page is open.

const MINUTE = 60, HOUR = 3600, DAY = 86400;

/** The same words as the server's. */
export function span(seconds) {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 90 * MINUTE) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < DAY) {
    const minutes = Math.round(seconds / MINUTE), rest = minutes % 60;
    return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
  }
  return `${Math.floor(seconds / DAY)} d`;
}

/** Rewrites every age now and then. The server's own words stay until the first turn. */
export function age() {
  setInterval(() => {
    for (const found of document.querySelectorAll("time[data-age]")) {
      const seconds = (Date.now() - Date.parse(found.dateTime)) / 1000;
      if (seconds >= 0) found.textContent = span(seconds);
    }
  }, 10000);
}
