// Voting works without this. It does two things that a page alone can't.

// A scanned slip's code stands behind the "#", which no browser sends and no proxy logs: it is put into the form.
const code = document.getElementById("code");
const scanned = () => {
  const typed = location.hash.slice(1);
  if (!code || !typed) return;
  // Out of the address, so that it stays in no history.
  history.replaceState(null, "", location.pathname);
  code.value = typed;
  code.form.submit();
};
addEventListener("hashchange", scanned);
scanned();

// A form is as long with a suggestion as without: what the words leave of the room is filled up.
const words = document.getElementById("suggestion");
const filler = document.getElementById("filler");
if (words && filler) {
  words.form.addEventListener("submit", () => {
    const sent = new URLSearchParams([["", words.value.replace(/\r\n?|\n/g, "\r\n")]]).toString().length - 1;
    filler.value = "0".repeat(Math.max(0, Number(words.form.dataset.filled) - sent));
  });
}
