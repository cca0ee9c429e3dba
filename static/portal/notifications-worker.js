// Shows the notes that are pushed to this device: who writes, and that there is something new. Nothing of what it is.
"use strict";

self.addEventListener("push", (event) => {
  if (!event.data) return;
  const said = event.data.json();
  event.waitUntil(self.registration.showNotification(said.title, { body: said.body, tag: said.tag }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/"));
});
