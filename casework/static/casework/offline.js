// What is typed into a form stays on this device until the server has recorded it: sealed with a
// key that no script can read out, shown to the same person alone, and gone when they sign out.
(() => {
  "use strict";
  const words = document.getElementById("offline");
  const form = document.querySelector("form[data-keep]");
  const user = document.body.dataset.user;
  if (!user || !window.indexedDB || !window.crypto || !crypto.subtle) return;

  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const opened = (() => {
    const request = indexedDB.open("casework", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys");
      request.result.createObjectStore("typed", { keyPath: "path" });
    };
    return asked(request);
  })();
  const store = async (name, mode = "readonly") => (await opened).transaction(name, mode).objectStore(name);

  const sealing = async () => {
    const known = await asked((await store("keys")).get("sealing"));
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await asked((await store("keys", "readwrite")).put(made, "sealing"));
    return made;
  };
  const seal = async (text) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await sealing(), new TextEncoder().encode(text));
    return { iv, data };
  };
  const unseal = async ({ iv, data }) =>
    new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await sealing(), data));
  const drop = async (path) => asked((await store("typed", "readwrite")).delete(path));
  const all = async () => asked((await store("typed")).getAll());

  // The server says which submission it recorded; only then is the copy here not needed any more.
  const forget = async () => {
    const recorded = [...document.querySelectorAll("[data-recorded]")].map((node) => node.dataset.recorded);
    for (const kept of await all()) if (recorded.includes(kept.key)) await drop(kept.path);
  };

  const leaving = document.querySelector("form[action$='/logout/']");
  if (leaving && words) {
    leaving.addEventListener("submit", async (event) => {
      if (leaving.dataset.sure) return;
      event.preventDefault();
      const waiting = (await all()).filter((kept) => kept.user === user);
      if (!waiting.length || window.confirm(words.dataset.leaving)) {
        leaving.dataset.sure = "1";
        leaving.requestSubmit();
      }
    });
  }
  const begun = forget();
  if (!form || !words) return;

  const path = location.pathname;
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  note.hidden = true;
  form.before(note);
  const say = (text, ...buttons) => {
    note.replaceChildren(document.createTextNode(`${text} `), ...buttons);
    note.hidden = !text;
  };
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };

  const typed = () => [...new FormData(form)].filter(([name, value]) =>
    name !== "csrfmiddlewaretoken" && typeof value === "string");
  const keep = async (waiting) => {
    const key = form.elements.key ? form.elements.key.value : "";
    const sealed = await seal(JSON.stringify(typed()));
    await asked((await store("typed", "readwrite")).put({ path, user, key, waiting, at: Date.now(), ...sealed }));
  };
  const put = (pairs) => {
    const values = new Map();
    for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name || field.name === "csrfmiddlewaretoken" || field.type === "file" || field.type === "submit") continue;
      const given = values.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
      else if (given.length) field.value = given[0];
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  let pause = 0;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => keep(false).catch(() => {}), 500);
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    keep(true).then(() => say(words.dataset.waiting));
  });
  window.addEventListener("online", async () => {
    const kept = await asked((await store("typed")).get(path));
    if (kept && kept.waiting && kept.user === user) form.requestSubmit();
  });

  begun.then(async () => {
    const kept = await asked((await store("typed")).get(path));
    if (!kept || kept.user !== user || !kept.data) return;
    const when = new Date(kept.at).toLocaleString(document.documentElement.lang);
    say(
      words.dataset.found.replace("{when}", when),
      button(words.dataset.restore, async () => { put(JSON.parse(await unseal(kept))); say(""); }),
      button(words.dataset.discard, async () => { await drop(path); say(""); }),
    );
  }).catch(() => {});
})();
