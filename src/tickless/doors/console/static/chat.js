// The chat without a reload: send, clear, and keep the latest line in sight. Without this the form posts plainly.

export function chat(form) {
  const field = form.querySelector("textarea");
  const talk = document.getElementById("talk");
  const latest = () => talk?.lastElementChild?.scrollIntoView({ block: "nearest" });
  document.addEventListener("swapped", latest);
  latest();

  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (field.value.trim()) form.requestSubmit();
    }
  });
  if (!form.hasAttribute("data-begun")) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status));
      field.value = "";
      form.querySelector("[name=key]").value = crypto.randomUUID?.() ?? String(Math.random());
    } catch {
      form.submit();
    } finally {
      button.disabled = false;
      field.focus();
    }
  });
}
