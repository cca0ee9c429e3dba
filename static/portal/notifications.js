// “Show notes on this device”: asks the browser, and sends what it answers with an ordinary form.
// Without this file, or where the browser cannot, the form stays hidden and the page says so: the rest works all the same.
"use strict";

const form = document.querySelector("form[data-push-key]");

function octets(key) {
  const text = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
}

function activated(registration) {
  const worker = registration.installing || registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((done) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") done();
    });
  });
}

function isMadeFor(key, subscription) {
  const made = new Uint8Array(subscription.options.applicationServerKey || []);
  return made.length === key.length && made.every((octet, place) => octet === key[place]);
}

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
  const registration = await navigator.serviceWorker.register(form.dataset.pushWorker);
  await activated(registration);
  const key = octets(form.dataset.pushKey);
  // One that was made for another key of this server reaches nobody, and keeps the browser from making one for this key.
  const standing = await registration.pushManager.getSubscription();
  if (standing && !isMadeFor(key, standing)) {
    form.elements.before.value = standing.endpoint;
    await standing.unsubscribe();
  }
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

if (form && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  form.hidden = false;
  document.getElementById("no-notes").hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      form.elements.subscription.value = JSON.stringify(await subscribe());
      form.submit();
    } catch {
      form.querySelector("[role=alert]").hidden = false;
    }
  });
}
