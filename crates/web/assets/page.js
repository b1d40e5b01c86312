// Pages work without this. It keeps a form from being sent twice, warns before typed words are lost, and keeps them in this
// tab (never passwords or files) until the server has answered, so that a broken connection loses nothing.

const kept = (form) => `form:${location.pathname}:${form.getAttribute("action") || ""}`;
// A tick before what can't be undone ("sure") is set anew each time.
const skipped = (field) => !field.name || /^(csrf|sure)$/.test(field.name) || /^(password|file|hidden|submit|button)$/.test(field.type);

const values = (form) =>
  [...form.elements].filter((field) => !skipped(field)).map((field) =>
    /^(radio|checkbox)$/.test(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value, null]);

const put = (form, list) => {
  for (const [name, value, checked] of list) {
    for (const field of form.elements) {
      if (skipped(field) || field.name !== name) continue;
      if (checked === null) field.value = value;
      else if (field.value === value) field.checked = checked;
    }
  }
};

let dirty = false;
// Who signs in is nothing to keep: the next one at this machine may be another.
const forms = [...document.querySelectorAll("main form[method=post]")].filter((form) => values(form).length > 0 && !form.querySelector("[type=password]"));

for (const form of forms) {
  const key = kept(form);
  const before = JSON.stringify(values(form));
  const cameBackWrong = document.querySelector(".problems") !== null;
  const saved = sessionStorage.getItem(key);
  if (saved && saved !== before && !cameBackWrong) {
    put(form, JSON.parse(saved));
    const note = document.createElement("p");
    note.className = "notice";
    note.setAttribute("role", "status");
    note.textContent = document.querySelector("main").dataset.restored;
    form.prepend(note);
    dirty = true;
  } else {
    sessionStorage.removeItem(key);
  }
  form.addEventListener("input", () => {
    dirty = true;
    try { sessionStorage.setItem(key, JSON.stringify(values(form))); } catch { /* no room: the warning still helps */ }
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  dirty = false;
  // After this turn, so that the pressed button's own value is still sent.
  setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.setAttribute("aria-disabled", "true"); }));
});

// Coming back with "back": the form can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    delete form.dataset.sent;
    form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  }
});

addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

// What was said as done is saved: its copy is let go.
if (document.querySelector(".notice-done")) {
  Object.keys(sessionStorage).filter((key) => key.startsWith("form:")).forEach((key) => sessionStorage.removeItem(key));
  dirty = false;
}

// A form that came back with problems: the summary is read first.
const problems = document.querySelector(".problems");
if (problems) problems.focus();

// Queues by keyboard: j and k move along the rows' first links.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
  if (event.key !== "j" && event.key !== "k") return;
  const links = [...document.querySelectorAll("main .table tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
  const at = links.indexOf(document.activeElement);
  const to = links[at + (event.key === "j" ? 1 : -1)];
  if (to) to.focus();
});

// What goes on beside the screen can be scrolled by keyboard. Browsers of today see to it themselves.
const reach = () => {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};
reach();
addEventListener("resize", reach);
