// The page of a visit works without this: its forms are posted like any other. With it what is typed and photographed is kept on the device, through lost
// connections, closed tabs and restarts, and sent when the server can be reached. An entry has an id of its own, made here, by which the server knows it again;
// nothing leaves the device before the server has said that it has it. What is kept belongs to one account: another person here neither sees nor sends it.

const root = document.getElementById("visit");
const visit = root.dataset.visit;
const account = root.dataset.account;
const owner = `${account}:${visit}`;
const address = `/visits/${visit}`;
const words = root.dataset;
let csrf = document.querySelector("input[name=csrf]").value;

// ---- what is kept

// Set where the browser keeps nothing, as in a private window.
let isWithout = false;

const open = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("jianjia-visits", 1);
  asked.onupgradeneeded = () => {
    const entries = asked.result.createObjectStore("entries", { keyPath: "id" });
    entries.createIndex("owner", "owner");
    const drafts = asked.result.createObjectStore("drafts", { keyPath: "key" });
    drafts.createIndex("owner", "owner");
  };
  asked.onsuccess = () => {
    // The browser may close it, as after a failure of the disk: what comes after that has a new one.
    asked.result.onclose = () => { opened = open(); };
    resolve(asked.result);
  };
  asked.onerror = () => reject(asked.error);
});
let opened = open();

// One transaction; resolved once it is on the disk itself: a battery may go flat.
const within = async (mode, work) => {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(["entries", "drafts"], mode, { durability: "strict" });
    let answer;
    transaction.oncomplete = () => resolve(answer && answer.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
    answer = work(transaction.objectStore("entries"), transaction.objectStore("drafts"));
  });
};
const entriesKept = async () => (await within("readonly", (entries) => entries.index("owner").getAll(owner))) || [];
const draftsKept = async () => (await within("readonly", (_, drafts) => drafts.index("owner").getAll(owner))) || [];

// randomUUID is younger than the browsers that we serve.
const freshId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// ---- forms

const forms = [...document.querySelectorAll("form[data-entry]")];
const keyOf = (form) => `${owner}:${form.dataset.entry}`;
const fields = (form) => [...form.elements].filter((field) => field.name && !/^(csrf|id|photos)$/.test(field.name) && !/^(submit|button|hidden)$/.test(field.type));
const typed = (form) => fields(form).filter((field) => field.type !== "radio" || field.checked).map((field) => [field.name, field.value]);
// The same as the page words it, for where its form is gone.
const worded = (form) => fields(form).filter((field) => (field.type !== "radio" || field.checked) && field.value.trim()).map((field) => {
  if (field.type === "radio") return field.closest("label").textContent.trim();
  return field.type === "select-one" ? field.selectedOptions[0].textContent : field.value;
});
const put = (form, values) => {
  for (const [name, value] of values) {
    for (const field of fields(form)) {
      if (field.name !== name) continue;
      if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
  }
};
const isBlank = (form) => typed(form).every(([, value]) => !value.trim());

// The photos of each form that are not in an entry yet, and what is still being made smaller: a form waits for it before it is saved.
const photos = new Map(forms.map((form) => [form, []]));
const making = new Map(forms.map((form) => [form, Promise.resolve()]));
const saving = new Set();

// A telephone's photo has some megabytes; a side of 1600 pixels shows what a ledger says.
const SIDE = 1600;
const smaller = async (file) => {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    return blob || file;
  } catch {
    // What the browser can't decode the server may.
    return file;
  }
};

const thumbnail = async (blob) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 72;
  canvas.className = "visit-thumb";
  try {
    const bitmap = await createImageBitmap(blob);
    const side = Math.min(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, 72, 72);
    bitmap.close();
  } catch { /* a grey square stands for it */ }
  return canvas;
};

// Under which key the draft of each form lies, and the stamp of what this tab knows of it: another stamp is another tab's writing.
const tab = freshId();
const known = new Map(forms.map((form) => [form, { key: keyOf(form), stamp: undefined }]));

// The writes of one form go one after another: each must know what the one before it has left.
const turns = new Map(forms.map((form) => [form, Promise.resolve()]));
const inTurn = (form, work) => {
  const done = turns.get(form).then(work);
  turns.set(form, done.catch(() => {}));
  return done;
};

// How many writes and photos of each form are under way: nothing is said to be kept before all of it is.
const pending = new Map(forms.map((form) => [form, 0]));
const pend = (form, by) => pending.set(form, pending.get(form) + by);

const keepDraft = (form) => {
  pend(form, 1);
  return inTurn(form, () => writeDraft(form)).finally(() => pend(form, -1));
};

const writeDraft = async (form) => {
  const mine = known.get(form);
  const beside = `${keyOf(form)}:${tab}`;
  let next = {};
  let isOther = false;
  let isNothing = false;
  try {
    await within("readwrite", (_, drafts) => {
      const asked = drafts.get(mine.key);
      asked.onsuccess = () => {
        const draft = { owner, title: form.dataset.title, values: typed(form), words: worded(form), photos: photos.get(form), replaces: form.dataset.replaces || "", stamp: freshId() };
        isNothing = isBlank(form) && draft.photos.length === 0;
        isOther = asked.result !== undefined && asked.result.stamp !== mine.stamp;
        // What another tab wrote meanwhile stays where it is; this tab's words get a place of their own.
        if (isOther && isNothing) return;
        next = { key: isOther ? beside : mine.key, stamp: isNothing ? undefined : draft.stamp };
        if (isNothing) drafts.delete(next.key);
        else drafts.put({ ...draft, key: next.key });
      };
      return asked;
    });
    // Only now: what didn't fit is not there, and the draft before it is still this tab's.
    Object.assign(mine, next);
    // The last one that is under way says it.
    if (pending.get(form) > 1) return;
    if (isOther || (mine.key === beside && !isNothing)) note(form, words.otherTab);
    else note(form, isNothing ? "" : words.draft);
  } catch {
    note(form, words.full);
  }
};

const note = (form, text) => { form.querySelector(".visit-draft").textContent = text; };

const showPhotos = async (form) => {
  const place = form.querySelector(".visit-photos");
  const pictures = await Promise.all(photos.get(form).map(thumbnail));
  place.replaceChildren(...pictures);
};

const take = async (form, chosen) => {
  for (const file of chosen) {
    // Which photos the form has is asked after the wait.
    const small = await smaller(file);
    photos.get(form).push(small);
  }
  const isTooMany = photos.get(form).length > Number(words.photosAtMost);
  if (isTooMany) photos.get(form).length = Number(words.photosAtMost);
  await showPhotos(form);
  pend(form, -1);
  await keepDraft(form);
  if (isTooMany) note(form, words.manyPhotos);
};

for (const form of forms) {
  form.addEventListener("input", (event) => { if (!isWithout && event.target.type !== "file") keepDraft(form); });
  const chooser = form.querySelector("input[type=file]");
  if (chooser) chooser.addEventListener("change", () => {
    // The browser sends the form itself, with the photos that are in it.
    if (isWithout) return;
    const chosen = [...chooser.files];
    chooser.value = "";
    // Nothing is said to be kept before it is.
    note(form, "");
    pend(form, 1);
    making.set(form, making.get(form).then(() => take(form, chosen)));
  });
  // Before page.js hears of it: the form is not sent by the browser.
  form.addEventListener("submit", (event) => {
    // Where nothing can be kept the form is posted like any other.
    if (isWithout) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // Tapped twice it is one entry.
    if (saving.has(form)) return;
    saving.add(form);
    making.get(form).then(() => save(form)).finally(() => saving.delete(form));
  });
}

const save = async (form) => {
  // Another tab may have sent what was refused: what the server has is not replaced.
  const before = form.dataset.replaces && (await entriesKept()).find((one) => one.id === form.dataset.replaces);
  const taken = [...photos.get(form)];
  const entry = {
    id: before && before.state === "refused" ? before.id : freshId(),
    owner,
    form: form.dataset.entry,
    kind: form.dataset.kind,
    title: form.dataset.title,
    values: typed(form),
    words: worded(form),
    photos: taken,
    notedAt: new Date().toISOString(),
    state: "here",
    why: "",
  };
  try {
    await inTurn(form, async () => {
      const mine = known.get(form);
      // The draft goes in the transaction that keeps the entry: this tab's, and no other's.
      await within("readwrite", (entries, drafts) => {
        entries.put(entry);
        const asked = drafts.get(mine.key);
        asked.onsuccess = () => { if (asked.result && asked.result.stamp === mine.stamp) drafts.delete(mine.key); };
        return asked;
      });
      Object.assign(mine, { key: keyOf(form), stamp: undefined });
    });
  } catch {
    note(form, words.full);
    return;
  }
  // What was photographed or typed meanwhile stays.
  photos.set(form, photos.get(form).filter((photo) => !taken.includes(photo)));
  delete form.dataset.replaces;
  if (JSON.stringify(typed(form)) === JSON.stringify(entry.values)) form.reset();
  else keepDraft(form);
  await showPhotos(form);
  note(form, words.saved);
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().then(told).catch(() => {});
  await show();
  send();
};

// ---- sending

const status = document.getElementById("visit-status");
const list = document.getElementById("visit-entries");
let trouble = "";

const update = async (id, change) => {
  const entry = (await entriesKept()).find((one) => one.id === id);
  if (entry) await within("readwrite", (entries) => entries.put({ ...entry, ...change }));
};

// A question that is never answered would hold up all that comes after it; photos on a slow line need their time.
const PATIENCE = 120000;
const patiently = async (work) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
  }
};

// What the server knows, and as whom: a session may have ended, or another person signed in, since the page was opened.
const ask = () => patiently(async (signal) => {
  const answer = await fetch(`${address}/received`, { credentials: "same-origin", redirect: "manual", cache: "no-store", signal });
  if (answer.type === "opaqueredirect" || answer.status === 401) return { trouble: words.signIn };
  if (answer.status === 404 || answer.status === 403) return { trouble: words.notYours };
  if (!answer.ok) return { trouble: words.away };
  const known = await answer.json();
  if (known.account !== account) return { trouble: words.another };
  return known;
});

const sendOne = (entry) => patiently(async (signal) => {
  const form = new FormData();
  form.append("csrf", csrf);
  form.append("id", entry.id);
  form.append("noted_at", entry.notedAt);
  form.append("answer", "json");
  form.append("kind", entry.kind);
  if (entry.form.startsWith("clause-")) form.append("clause", entry.form.slice(7));
  for (const [name, value] of entry.values) form.append(name, value);
  entry.photos.forEach((photo, place) => form.append("photos", photo, `${place + 1}.jpg`));
  const answer = await fetch(`${address}/remarks`, { method: "POST", body: form, credentials: "same-origin", redirect: "manual", signal });
  if (answer.type === "opaqueredirect" || answer.status === 401) return words.signIn;
  if ([409, 413, 422].includes(answer.status)) {
    // A page in place of an answer: nothing of the kind is taken, such as an identity number.
    const told = await answer.json().catch(() => ({ why: words.refusedWhole }));
    await update(entry.id, { state: "refused", why: told.why });
    return "";
  }
  if (!answer.ok) return words.away;
  const kept = await answer.json();
  // Only what the server names as kept is sent.
  if (kept.id !== entry.id) return words.away;
  await update(entry.id, { state: "sent", photos: [] });
  return "";
});

const sendAll = async () => {
  const waiting = (await entriesKept()).filter((entry) => entry.state === "here");
  // In the order in which they were noted: of two on one clause the later one counts.
  waiting.sort((a, b) => (a.notedAt < b.notedAt ? -1 : 1));
  try {
    const known = await ask();
    trouble = known.trouble || "";
    if (trouble) return;
    csrf = known.csrf;
    for (const input of document.querySelectorAll("input[name=csrf]")) input.value = csrf;
    for (const entry of await entriesKept()) {
      // What the server has needs no place here any more: the page shows it from there.
      if (known.received.includes(entry.id) && entry.state !== "sent") await update(entry.id, { state: "sent", photos: [] });
    }
    for (const entry of waiting) {
      if (known.received.includes(entry.id)) continue;
      // What the server fails on, or doesn't answer, doesn't hold up what is behind it; without a line or a session nothing else gets through either.
      const failure = await sendOne(entry).catch((error) => {
        if (error && error.name === "AbortError") return words.away;
        throw error;
      });
      trouble = failure || trouble;
      await show();
      if (failure === words.signIn) return;
    }
  } catch {
    trouble = words.offline;
  }
};

let sending = null;
const send = () => {
  if (sending) return sending;
  // Two tabs of one person take turns.
  const turn = navigator.locks ? navigator.locks.request(`visit-${owner}`, sendAll) : sendAll();
  sending = Promise.resolve(turn).catch(() => {}).then(async () => { sending = null; await show(); });
  return sending;
};

// ---- two tabs

// Each tab tells the others that it is there. What they write is kept apart in any case: see keepDraft.
let isInTwoTabs = false;
const others = "BroadcastChannel" in window ? new BroadcastChannel(`visit-${owner}`) : null;
if (others) others.addEventListener("message", (event) => {
  if (event.data === "opened") others.postMessage("here");
  isInTwoTabs = true;
  show();
});

// ---- what is shown

let persisted = "";
const told = (isKept) => { persisted = isKept ? words.persisted : words.notPersisted; show(); };

const line = (entry) => {
  const item = document.createElement("li");
  const state = document.createElement("span");
  const stateWords = { here: words.here, sent: words.sent, refused: words.refused };
  state.className = `tag ${{ here: "tag-unknown", sent: "tag-met", refused: "tag-unmet" }[entry.state]}`;
  state.textContent = stateWords[entry.state];
  const at = new Date(entry.notedAt);
  const time = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  item.append(`${entry.title} · ${time} `, state);
  item.dataset.entry = entry.id;
  item.dataset.state = entry.state;
  if (entry.why) {
    const why = document.createElement("p");
    why.className = "error";
    why.textContent = entry.why;
    item.append(why);
  }
  if (isLeft(entry)) {
    item.append(...leftOver(entry, (entries) => entries.delete(entry.id)));
  } else if (entry.state === "refused") {
    const change = document.createElement("button");
    change.type = "button";
    change.className = "button";
    change.textContent = words.change;
    change.addEventListener("click", () => correct(entry));
    item.append(change);
  }
  return item;
};

// Concluded, the visit has no form into which what was refused, or never saved, could go back: what it says is read here.
const isLeft = (entry) => entry.state === "refused" && !forms.some((form) => form.dataset.entry === entry.form);
const isLeftDraft = (draft) => !forms.some((form) => draft.key === keyOf(form) || draft.key.startsWith(`${keyOf(form)}:`));

const button = (text, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = text;
  made.addEventListener("click", () => act(made));
  return made;
};

// The words and photos of what is left, each to be taken along, and all of it removed, by the person's own hand alone.
const leftOver = (one, remove) => {
  const text = document.createElement("p");
  text.className = "keep";
  text.textContent = (one.words || one.values.map(([, value]) => value).filter((value) => value.trim())).join(" · ");
  const pictures = document.createElement("p");
  pictures.className = "visit-photos";
  Promise.all(one.photos.map(thumbnail)).then((made) => pictures.replaceChildren(...made));
  const acts = document.createElement("p");
  acts.className = "actions";
  if (text.textContent) acts.append(button(words.copy, async (pressed) => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      pressed.textContent = words.copied;
    } catch {
      // The browser lets only the person copy: it is marked for them.
      getSelection().selectAllChildren(text);
    }
  }));
  one.photos.forEach((photo, place) => acts.append(button(words.keepPhoto.replace("{}", place + 1), () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(photo);
    link.download = `${visit}-${place + 1}.jpg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), PATIENCE);
  })));
  // Pressed twice, since there is no copy.
  acts.append(button(words.remove, async (pressed) => {
    if (pressed.textContent !== words.removeSure) {
      pressed.textContent = words.removeSure;
      pressed.className = "button button-danger";
      return;
    }
    await within("readwrite", remove);
    await show();
  }));
  return [text, pictures, acts];
};

const draftLine = (draft) => {
  const item = document.createElement("li");
  const state = document.createElement("span");
  state.className = "tag tag-unmet";
  state.textContent = words.unsaved;
  item.append(`${draft.title || ""} `, state, ...leftOver(draft, (_, drafts) => drafts.delete(draft.key)));
  return item;
};

// A refused entry goes back into its form; saved again it replaces itself, for the server has never had it.
const correct = async (entry) => {
  const form = forms.find((one) => one.dataset.entry === entry.form);
  if (!form) return;
  // What is being typed there is not overwritten.
  if (!isBlank(form) || photos.get(form).length > 0) {
    form.scrollIntoView();
    return;
  }
  put(form, entry.values);
  photos.set(form, entry.photos);
  form.dataset.replaces = entry.id;
  await showPhotos(form);
  await keepDraft(form);
  const fold = form.closest("details");
  if (fold) fold.open = true;
  form.scrollIntoView();
};

const show = async () => {
  const kept = await entriesKept();
  kept.sort((a, b) => (a.notedAt < b.notedAt ? -1 : 1));
  const drafts = (await draftsKept()).filter(isLeftDraft);
  const count = (state) => kept.filter((entry) => entry.state === state).length;
  const parts = [];
  if (count("here")) parts.push(words.countHere.replace("{}", count("here")));
  if (count("refused")) parts.push(words.countRefused.replace("{}", count("refused")));
  if (count("sent")) parts.push(words.countSent.replace("{}", count("sent")));
  const isAnyLeft = drafts.length > 0 || kept.some(isLeft);
  if (isAnyLeft) parts.push(words.left);
  if (!kept.length && !isAnyLeft) parts.push(words.none);
  if (trouble) parts.push(trouble);
  if (persisted && count("here")) parts.push(persisted);
  if (isInTwoTabs) parts.push(words.twoTabs);
  status.textContent = parts.join(" ");
  status.className = trouble || count("refused") || isAnyLeft ? "notice notice-warn" : "notice";
  list.replaceChildren(...kept.map(line), ...drafts.map(draftLine));
  const link = document.getElementById("visit-sign-in");
  link.hidden = trouble !== words.signIn && trouble !== words.another;
};

// Concluded, a visit takes no more entries: those that are only here would be lost.
const conclusion = document.querySelector(`form[action="${address}/conclusion"]`);
if (conclusion) conclusion.addEventListener("submit", (event) => {
  if (isWithout || conclusion.dataset.settled) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  Promise.all([entriesKept(), draftsKept()]).then(async ([entries, drafts]) => {
    if (drafts.length || entries.some((entry) => entry.state !== "sent")) {
      trouble = words.unfinished;
      await show();
      root.scrollIntoView();
      return;
    }
    conclusion.dataset.settled = "yes";
    conclusion.requestSubmit();
  });
});

// ---- without a connection

const cacheName = `visit-${account}-${visit}`;
const keepPage = async () => {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  await navigator.serviceWorker.register(`${address}/worker.js`, { scope: address });
  const cache = await caches.open(cacheName);
  const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((one) => one.href);
  for (const one of document.querySelectorAll("script[src]")) parts.push(one.src);
  const wanted = [...new Set([...parts, new URL(document.querySelector(".brand img").src).href])];
  await cache.addAll(wanted);
  const page = await fetch(address, { credentials: "same-origin", redirect: "manual", cache: "no-store" });
  if (!page.ok) return;
  // Another person may have signed in meanwhile in another tab: their page is not kept under this account, nor this one's for them.
  const read = await page.clone().text();
  if (read.includes(`data-account="${account}"`)) await cache.put(address, page);
  else await caches.delete(cacheName);
};

const begin = async () => {
  root.hidden = false;
  const drafts = await draftsKept();
  for (const form of forms) {
    // The first one first: what other tabs wrote beside it comes when it is saved or emptied and the page opened again.
    const ofForm = drafts.filter((one) => one.key === keyOf(form) || one.key.startsWith(`${keyOf(form)}:`));
    const draft = ofForm.sort((a, b) => (a.key < b.key ? -1 : 1))[0];
    if (!draft) continue;
    known.set(form, { key: draft.key, stamp: draft.stamp });
    put(form, draft.values);
    photos.set(form, draft.photos);
    if (draft.replaces) form.dataset.replaces = draft.replaces;
    await showPhotos(form);
    note(form, ofForm.length > 1 ? words.otherTab : words.draft);
    const fold = form.closest("details");
    if (fold) fold.open = true;
  }
  // What the page itself shows as received is the server's: its copy here is done with.
  const shown = new Set([...document.querySelectorAll("[data-received]")].map((one) => one.dataset.received));
  for (const entry of await entriesKept()) {
    if (entry.state === "sent" && shown.has(entry.id)) await within("readwrite", (entries) => entries.delete(entry.id));
  }
  if (navigator.storage && navigator.storage.persisted) navigator.storage.persisted().then(told).catch(() => {});
  await show();
  keepPage().then(() => { root.dataset.kept = "yes"; }).catch(() => {});
  send();
};

if (others) others.postMessage("opened");
addEventListener("online", send);
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
setInterval(async () => { if ((await entriesKept()).some((entry) => entry.state === "here")) send(); }, 10000);
begin().catch(() => { isWithout = true; root.hidden = false; status.textContent = words.unkept; status.className = "notice notice-bad"; });
