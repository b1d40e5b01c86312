// Shows the page of one visit where the server can't be reached: the page and its parts were put into a cache by the page itself. It sends and keeps nothing.
const PATIENCE = 5000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const soon = (answered) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error("slow")), PATIENCE);
  answered.then((answer) => { clearTimeout(timer); resolve(answer); }, (error) => { clearTimeout(timer); reject(error); });
});

// The page that was kept, of the account that it was kept for. Every page of another account removes it: while there are two, nobody knows whose turn it is.
const keptPage = async (path) => {
  const visit = path.split("/").pop();
  const names = (await caches.keys()).filter((name) => name.startsWith("visit-") && name.endsWith(`-${visit}`));
  if (names.length !== 1) return undefined;
  return (await caches.open(names[0])).match(path);
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
    return;
  }
  // Only the page itself: what is asked of the server is not answered from here.
  if (request.mode !== "navigate" || url.pathname !== new URL(self.registration.scope).pathname) return;
  const answered = fetch(request);
  event.respondWith(soon(answered).then(async (answer) => {
    if (answer.status < 500) return answer;
    return (await keptPage(url.pathname)) || answer;
  // Where no page was kept, what is on its way is waited for, however slow it is.
  }, async () => (await keptPage(url.pathname)) || answered));
});
