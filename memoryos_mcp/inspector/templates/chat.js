// Shows in a chat what the server rendered, and hands each link and form to the server through the host.
// The messages are those of MCP Apps (2026-01-26). Its own library does more and is half a megabyte in every chat.
"use strict";
(() => {
  const content = document.getElementById("content");
  const back = document.getElementById("back");
  const views = document.getElementById("views");
  const HTML = "memoryos/view";
  const waiting = new Map();
  const past = [];
  let number = 0;
  let abilities = {};
  let user;
  let busy = false;
  let height = 0;

  const send = (message) => window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const tell = (method, params) => send({ method, params });
  const ask = (method, params) =>
    new Promise((resolve, reject) => {
      number += 1;
      waiting.set(number, { resolve, reject });
      send({ id: number, method, params });
    });

  const text = (words, kind) => {
    const line = document.createElement("p");
    line.className = kind;
    line.setAttribute("role", "status");
    line.textContent = words;
    return line;
  };
  const wordsOf = (result) =>
    (result.content || []).filter((part) => part.type === "text").map((part) => part.text).join("\n");

  const put = (html) => {
    content.innerHTML = html; // made by the server's templates, which escape what was said; scripts in it do not run
    content.setAttribute("aria-busy", "false");
    back.hidden = past.length === 0;
    fit();
  };
  const show = (result, { keep } = { keep: false }) => {
    const html = result._meta && result._meta[HTML];
    if (typeof html === "string") {
      if (keep) past.push(content.innerHTML);
      put(html);
      return;
    }
    const whole = document.createElement("div");
    whole.className = "whole";
    whole.textContent = wordsOf(result);
    content.replaceChildren(whole);
    content.setAttribute("aria-busy", "false");
    fit();
  };
  const fail = (words) => {
    content.querySelector("p.failed")?.remove();
    content.prepend(text(words, "note warn failed"));
    fit();
  };

  // What the page needs, and no more than a chat bears; beyond that it scrolls.
  const fit = () => {
    const wanted = Math.min(2000, Math.ceil(document.body.getBoundingClientRect().height));
    if (wanted === height) return;
    height = wanted;
    tell("ui/notifications/size-changed", { height });
  };

  const go = async (address, fields) => {
    if (busy || !abilities.serverTools) return;
    busy = true;
    content.setAttribute("aria-busy", "true");
    try {
      const given = { address, ...(fields && { fields }), ...(user !== undefined && { user_id: user }) };
      const result = await ask("tools/call", { name: "show_memory", arguments: given });
      if (result.isError) fail(wordsOf(result));
      else {
        show(result, { keep: true });
        content.focus({ preventScroll: true });
        window.scrollTo(0, 0);
        if (fields && abilities.updateModelContext) {
          const said = { type: "text", text: wordsOf(result) };
          ask("ui/update-model-context", { content: [said] }).catch(() => {});
        }
      }
    } catch (error) {
      fail(`The host did not do it: ${error.message}`);
    } finally {
      busy = false;
      content.setAttribute("aria-busy", "false");
    }
  };

  const submit = (form) => {
    if (!form.reportValidity()) return;
    const fields = {};
    for (const [name, value] of new FormData(form)) if (typeof value === "string") fields[name] = value;
    const address = form.getAttribute("action");
    if (form.method === "post") go(address, fields);
    else go(`${address}?${new URLSearchParams(fields)}`);
  };
  // A frame that may not send forms never hears of "submit": what leads to it is heard instead.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const button = event.target.closest("button");
    if (link && link.getAttribute("href").startsWith("/")) {
      event.preventDefault();
      go(link.getAttribute("href"));
    } else if (button && button.form) {
      event.preventDefault();
      submit(button.form);
    }
  });
  document.addEventListener("submit", (event) => event.preventDefault());
  back.addEventListener("click", () => {
    if (!busy && past.length) put(past.pop());
  });

  const adopt = (context) => {
    if (context && (context.theme === "light" || context.theme === "dark"))
      document.documentElement.dataset.theme = context.theme;
  };
  const heard = {
    "ui/notifications/tool-input": (given) => {
      const named = given.arguments && given.arguments.user_id;
      user = typeof named === "string" ? named : undefined;
    },
    "ui/notifications/tool-result": (result) => {
      past.length = 0;
      show(result);
    },
    "ui/notifications/tool-cancelled": () => content.replaceChildren(text("It was cancelled.", "empty")),
    "ui/notifications/host-context-changed": adopt,
  };
  window.addEventListener("message", (event) => {
    const message = event.data;
    if (event.source !== window.parent || !message || message.jsonrpc !== "2.0") return;
    if (message.method === undefined) {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      if (asked && message.error) asked.reject(new Error(message.error.message));
      else if (asked) asked.resolve(message.result || {});
    } else if (message.id !== undefined) {
      const known = message.method === "ping" || message.method === "ui/resource-teardown";
      send({ id: message.id, ...(known ? { result: {} } : { error: { code: -32601, message: "unknown method" } }) });
    } else if (heard[message.method]) heard[message.method](message.params || {});
  });

  new ResizeObserver(fit).observe(document.body);
  ask("ui/initialize", {
    appInfo: { name: "memoryos", version: "VERSION" },
    appCapabilities: { availableDisplayModes: ["inline"] },
    protocolVersion: "2026-01-26",
  })
    .then((host) => {
      abilities = host.hostCapabilities || {};
      adopt(host.hostContext);
      views.hidden = !abilities.serverTools;
      document.body.classList.toggle("still", !abilities.serverTools);
      tell("ui/notifications/initialized", {});
      fit();
    })
    .catch((error) => fail(`The host shows no memory here: ${error.message}`));
})();
