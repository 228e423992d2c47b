"use strict";
// Everything here is a comfort: each page works without it.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // A form is sent once. The server also refuses a repeated key, so a missed case does no harm.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.method === "get") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    // Disabling at once would drop the pressed button's own name and value from the request.
    setTimeout(() => $$("button[type=submit]", form).forEach((button) => {
      button.disabled = true;
    }), 0);
  });
  // Back in the browser restores the page as it was left: wake the forms again.
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    $$("button[type=submit]", form).forEach((button) => { button.disabled = false; });
  }));

  const trouble = $("#trouble");
  const complain = (kind) => {
    if (!trouble) return;
    trouble.textContent = trouble.dataset[kind];
    trouble.hidden = false;
    setTimeout(() => { trouble.hidden = true; }, 12000);
  };
  document.addEventListener("htmx:sendError", () => complain("network"));
  document.addEventListener("htmx:timeout", () => complain("network"));
  document.addEventListener("htmx:responseError", () => complain("refused"));

  // After a partial update say how many there are now; focus stays where it was.
  document.addEventListener("htmx:afterSwap", () => {
    const said = $("[data-announce]");
    const live = $("#live");
    if (said && live) live.textContent = said.dataset.announce;
  });

  // On a narrow screen the stage bar scrolls: show where the case stands.
  const now = $(".stage[aria-current]");
  if (now) now.parentElement.scrollLeft = now.offsetLeft - 16;

  // A page that comes back with errors starts at their summary.
  const summary = $("#error-summary");
  if (summary) summary.focus();

  const rows = () => $$("[data-row] a[data-open-row]");
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
    all[Math.min(Math.max(next, 0), all.length - 1)].focus();
  };
  const openSheet = () => {
    const sheet = $("#shortcuts");
    if (sheet && !sheet.open) sheet.showModal();
  };
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: () => { if (document.body.dataset.new) location.href = document.body.dataset.new; },
    "?": openSheet,
    "/": () => $("#site-search")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    // A Chinese input method sends ordinary keys while a word is being composed.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      $$("details.menu[open]").forEach((menu) => {
        menu.open = false;
        $("summary", menu).focus();
      });
    }
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open=shortcuts]")) openSheet();
    if (event.target.closest("[data-print]")) window.print();
    $$("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // The running total of a score sheet; the server adds up again and its sum is the one that counts.
  const sheet = $("form[data-score]");
  if (sheet) {
    const add = () => {
      let got = 0;
      let of = 0;
      $$("input[data-cap]", sheet).forEach((input) => {
        const na = sheet.elements[input.name.replace("points_", "na_")];
        if (na && na.checked) return;
        if (input.value === "") return;
        got += Number(input.value);
        of += Number(input.dataset.cap);
      });
      const out = $("[data-sum]", sheet);
      out.textContent = of ? `${Math.round((got / of) * 1000) / 10}` : "—";
    };
    sheet.addEventListener("input", add);
    add();
  }

  // Before the server ends the session it says so; any tab in which somebody works keeps it up.
  const warning = $("#session-warning");
  if (warning) {
    const notice = 120;
    const opened = Date.now();
    const seen = "casework-seen";
    const note = () => { try { localStorage.setItem(seen, String(Date.now())); } catch { /* private */ } };
    const last = () => Math.max(opened, Number(localStorage.getItem(seen)) || 0);
    const stay = $("[data-stay]", warning);
    const said = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    note();
    document.addEventListener("htmx:afterRequest", note);
    stay.addEventListener("click", async () => {
      const token = JSON.parse(document.body.getAttribute("hx-headers"));
      const answer = await fetch(warning.dataset.alive, { method: "POST", headers: token, redirect: "manual" });
      if (answer.status === 204) note();
      else location.reload();
    });
    const look = () => {
      const pause = Math.ceil(Number(warning.dataset.idle) - (Date.now() - last()) / 1000);
      const end = Math.ceil(Number(warning.dataset.left) - (Date.now() - opened) / 1000);
      const left = Math.max(0, Math.min(pause, end));
      const words = end <= pause ? warning.dataset.end : warning.dataset.pause;
      warning.hidden = left > notice;
      stay.hidden = end <= pause;
      if (!warning.hidden) $("#session-words").textContent = words.replace("{left}", said(left));
    };
    setInterval(look, 1000);
    look();
  }

  // Typed text is not lost by a slip of the finger.
  let touched = false;
  $$("form[data-keep]").forEach((form) => {
    form.addEventListener("input", () => { touched = true; });
    form.addEventListener("submit", () => { touched = false; });
  });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
})();
