// Passkeys, for browsers that have them: what needs this script is shown by it, and every page works without it. The server is asked what is to be
// signed, the device signs, and the answer goes along with the form like a code that was typed.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

const made = async (asked) => {
  const publicKey = { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: known(asked.excludeCredentials) };
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
  const transports = response.getTransports ? response.getTransports() : [];
  return { id, rawId: text(rawId), type, extensions: {}, response: { attestationObject: text(response.attestationObject), clientDataJSON: text(response.clientDataJSON), transports } };
};

const given = async (asked) => {
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  const userHandle = response.userHandle ? text(response.userHandle) : null;
  return { id, rawId: text(rawId), type, extensions: {}, response: { authenticatorData: text(response.authenticatorData), clientDataJSON: text(response.clientDataJSON), signature: text(response.signature), userHandle } };
};

const begin = (part) => {
  const form = part.closest("form");
  const field = part.querySelector("input[type=hidden]:not([name=csrf])");
  const button = part.querySelector("button[type=button]");
  const told = part.querySelector("[role=alert]");
  const isNew = part.hasAttribute("data-new");
  const tell = (words) => { told.textContent = words; told.hidden = !words; };
  const send = () => { if (form.requestSubmit) form.requestSubmit(); else form.submit(); };
  let isBusy = false;
  const act = async () => {
    // A mistyped password brings the form back with what the device signed.
    if (field.value) { send(); return; }
    if (isBusy) return;
    isBusy = true;
    tell("");
    try {
      const body = new URLSearchParams({ csrf: form.elements.csrf.value });
      const answer = await fetch(part.dataset.passkey, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new TypeError(String(answer.status));
      const asked = (await answer.json()).publicKey;
      field.value = JSON.stringify(await (isNew ? made(asked) : given(asked)));
      send();
    } catch (error) {
      // What fails on the way to the server is a TypeError, what the device or its owner refuses a DOMException.
      const isKnown = isNew && error.name === "InvalidStateError";
      tell(isKnown ? part.dataset.known : error instanceof DOMException ? part.dataset.failed : part.dataset.away);
    }
    isBusy = false;
  };
  button.addEventListener("click", act);
  // There is no other button to press with the Enter key.
  if (isNew) form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); act(); }
  });
  // Coming back with "back": what was signed is used up.
  addEventListener("pageshow", (event) => { if (event.persisted) field.value = ""; });
  part.hidden = false;
};

if (window.PublicKeyCredential && navigator.credentials) document.querySelectorAll("[data-passkey]").forEach(begin);
