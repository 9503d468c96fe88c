// A file of tickets may be large: it is sent in parts, so that a line that breaks costs one part.

/** Takes over a form with a file. Without this script the form sends it whole. */
export function sendInParts(form) {
  const told = form.querySelector("[data-told]");
  const size = Number(form.dataset.parts);
  form.addEventListener("submit", async (event) => {
    const file = form.elements.file.files[0];
    if (!file || file.size <= size) return;
    event.preventDefault();
    const headers = { "X-CSRF-Token": form.elements.csrf.value };
    const call = async (method, path, body) => {
      for (let left = 3; ; left -= 1) {
        try {
          const answer = await fetch(`/api/v1/history/files${path}`, { method, body, headers });
          const found = await answer.json();
          if (!answer.ok) throw new Error(found.error ? found.error.message : `the server answered ${answer.status}`);
          return found;
        } catch (error) {
          if (left <= 1 || !(error instanceof TypeError)) throw error;
        }
      }
    };
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const made = await call("POST", "", null);
      for (let at = 0; at < file.size; at += size) {
        told.textContent = `Sending: ${Math.round((100 * at) / file.size)} %`;
        await call("PUT", `/${made.file}?offset=${at}`, file.slice(at, at + size));
      }
      location.assign(`/history/files/${made.file}?name=${encodeURIComponent(file.name.slice(0, 100))}`);
    } catch (error) {
      told.textContent = `It was not sent: ${error.message}`;
      button.disabled = false;
    }
  });
}
