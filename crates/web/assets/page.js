// Pages work without this. It keeps a form from being sent twice, warns before typed words are lost, and keeps them in this
// tab (never passwords or files) until the server has answered, so that a broken connection loses nothing.

// What is kept belongs to one account and to one form: where it is sent, which fields it has, and of which list or unit it is where the address
// doesn't say so (data-of). The page's own address is no part of it: a form with problems comes back at another.
const main = document.querySelector("main");
const account = (main && main.dataset.account) || "";
const names = (form) => [...new Set([...form.elements].map((field) => field.name).filter((name) => name && name !== "csrf"))].join(",");
const kept = (form) => `form:${account}:${form.getAttribute("action") || location.pathname}:${form.dataset.of || ""}:${names(form)}`;
const forget = (which) => Object.keys(sessionStorage).filter(which).forEach((key) => sessionStorage.removeItem(key));
// A tick before what can't be undone ("sure") and what is chosen in a list are set anew each time.
// A one-time code counts once: nobody wants it back.
const skipped = (field) => !field.name || field.autocomplete === "one-time-code" || /^(csrf|sure|chosen)$/.test(field.name) || /^(password|file|hidden|submit|button)$/.test(field.type);

// Before anything is put back: what was sent and answered is saved, and that form alone; what another account typed is nobody's here. A form
// that came back with problems carries its words itself; only where the server could not answer do they stay for the next time.
const sent = sessionStorage.getItem("sent");
sessionStorage.removeItem("sent");
forget((key) => key.startsWith("form:") && !(account && key.startsWith(`form:${account}:`)));
if (sent && !document.querySelector(".explanation")) sessionStorage.removeItem(sent);

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

// Pages that were kept for a visit without a connection belong to whoever was signed in: nobody else opens them here, nor anybody after signing out.
// What was noted on it stays on the device until it is sent.
const keptPages = (which) => {
  if (!("caches" in window)) return;
  caches.keys().then((names) => names.filter((name) => name.startsWith("visit-") && which(name)).forEach((name) => caches.delete(name))).catch(() => {});
};
if (account) keptPages((name) => !name.startsWith(`visit-${account}-`));

let dirty = false;
// Who signs in is nothing to keep: the next one at this machine may be another.
// A visit keeps its own forms.
const forms = [...document.querySelectorAll("main form[method=post]:not([data-entry])")].filter((form) => values(form).length > 0 && !form.querySelector("[type=password]"));

for (const form of forms) {
  const key = kept(form);
  const before = JSON.stringify(values(form));
  const saved = sessionStorage.getItem(key);
  if (saved && saved !== before) {
    put(form, JSON.parse(saved));
    const note = document.createElement("p");
    note.className = "notice";
    note.setAttribute("role", "status");
    note.textContent = main.dataset.restored;
    form.prepend(note);
    dirty = true;
  } else {
    sessionStorage.removeItem(key);
  }
  // Who has no account is given nothing back, so nothing is kept of what they write.
  const keep = () => { if (account) try { sessionStorage.setItem(key, JSON.stringify(values(form))); } catch { /* no room: the warning still helps */ } };
  form.addEventListener("input", () => { dirty = true; keep(); });
  // What came back with problems is not saved yet either.
  if (key === sent && document.querySelector(".problems")) keep();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  dirty = false;
  // Who leaves takes the words along; else they stay until the server has answered. A button that sends none of them (data-keep) leaves them.
  if (form.getAttribute("action") === "/sign-out") { forget((key) => key.startsWith("form:")); keptPages(() => true); }
  else if (!(event.submitter && event.submitter.hasAttribute("data-keep"))) try { sessionStorage.setItem("sent", kept(form)); } catch { /* no room */ }
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

// A form that came back with problems: the summary is read first.
const problems = document.querySelector(".problems");
if (problems) problems.focus();

// By keyboard: j and k move along the rows of a queue or the criteria of a desk; there y confirms, x goes to the note for a rejection,
// n and p open the next and the previous file.
const rows = () => {
  const desk = [...document.querySelectorAll(".desk-row > summary")];
  if (desk.length > 0) return desk;
  return [...document.querySelectorAll("main .table tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
  const row = document.activeElement.closest(".desk-row") || (location.hash.startsWith("#c-") && document.querySelector(`${location.hash}.desk-row`));
  if (event.key === "j" || event.key === "k") {
    const links = rows();
    const at = links.indexOf(row ? row.querySelector("summary") : document.activeElement);
    const to = links[at + (event.key === "j" ? 1 : -1)];
    if (!to) return;
    if (to.parentElement.matches(".desk-row")) to.parentElement.open = true;
    to.focus();
  } else if (event.key === "n" || event.key === "p") {
    const link = document.querySelector(`main a[rel=${event.key === "n" ? "next" : "prev"}]`);
    if (link) link.click();
  } else if (row && event.key === "y") {
    const button = row.querySelector("button[value=confirmed]");
    if (button) button.click();
  } else if (row && event.key === "x") {
    const note = row.querySelector("input[name^=note_]");
    if (note) { event.preventDefault(); row.open = true; note.focus(); }
  }
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

// "All" ticks the boxes of the page without asking the server again.
for (const link of document.querySelectorAll("a[data-tick]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const boxes = [...document.querySelectorAll("input[name=chosen]")];
    const isAll = boxes.every((box) => box.checked);
    boxes.forEach((box) => { box.checked = !isAll; });
  });
}

// On the phone the menu goes on beside the screen: the page that one is on is in sight.
const here = document.querySelector(".menu [aria-current]");
if (here) {
  const menu = here.closest(".menu-row");
  const beyond = here.getBoundingClientRect().right - menu.getBoundingClientRect().right;
  if (beyond > 0) menu.scrollLeft = beyond + 32;
}

// The rest of the menu lies over the page: whoever goes on folds it up.
const more = document.querySelector(".menu-more");
if (more) {
  addEventListener("click", (event) => { if (!more.contains(event.target)) more.open = false; });
  addEventListener("focusin", (event) => { if (!more.contains(event.target)) more.open = false; });
  more.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
}

// What is folded on the screen is content on paper; only folds that are there to do something stay shut, and photos stay small.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("main details:not([open], .proof-photo, .proof-file)")].filter(
    (fold) => ![...fold.children].some((child) => child.matches("form, .actions")));
  unfolded.forEach((fold) => { fold.open = true; });
});
addEventListener("afterprint", () => { unfolded.forEach((fold) => { fold.open = false; }); });
