// Joining works without this. A scanned code stands behind the "#", which no browser sends and no proxy logs: it is put into the form.
const code = document.getElementById("code");
const scanned = () => {
  const typed = location.hash.slice(1);
  // Other fragments of a page are places on it.
  if (!code || !/^[0-9A-Za-z-]{12,20}$/.test(typed)) return;
  // Out of the address, so that it stays in no history.
  history.replaceState(null, "", location.pathname);
  code.value = typed;
  code.form.submit();
};
addEventListener("hashchange", scanned);
scanned();
