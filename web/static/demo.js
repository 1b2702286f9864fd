// The demo's buttons: each opens something in the customer's phone and says what came of it.
import { ownKey, read } from "/static/store.js";
import { makeDigits, stepAt } from "/static/visit_code.js";

const element = (id) => document.getElementById(id);
const staff = element("staff"), customer = element("customer"), said = element("said");
const data = document.body.querySelector("[data-notice]").dataset;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function shownCode() {
  const code = staff.contentDocument.getElementById("qr").dataset.code;
  if (!code) throw new Error(said.dataset.wait);
  return new URL(code);
}

async function openInCustomer(path) {
  const loaded = new Promise((resolve) => customer.addEventListener("load", resolve, { once: true }));
  customer.contentWindow.location.assign(path);
  await loaded;
}

async function submit(fields) {
  const body = new URLSearchParams(fields);
  await fetch("/r", { method: "POST", body });
  await openInCustomer("/r");
}

async function code(step, key) {
  const token = Object.values(await read("tokens"))[0].token;
  return `/v/${await makeDigits(key ?? (await ownKey()).privateKey, token.ref, step)}`;
}

const ACTIONS = {
  scan: () => openInCustomer(shownCode().pathname),
  async notice() { await ACTIONS.scan(); await submit({ notice_code: data.notice }); },
  async screenshot() { await openInCustomer(await code(stepAt(Date.now()) - 4)); },
  async forged() {
    const forger = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    await openInCustomer(await code(stepAt(Date.now()), forger.privateKey));
  },
  async suspended() {
    const kept = shownCode().pathname;
    await fetch("/demo/suspend", { method: "POST" });
    await openInCustomer(kept);
    await fetch("/demo/restore", { method: "POST" });
    await pause(500);
    staff.contentWindow.location.reload();
  },
  async wrong() { await ACTIONS.scan(); await submit({ notice_code: data.other }); },
  async far() { await ACTIONS.scan(); await submit({ latitude: "25.2130", longitude: "121.5654" }); },
};

for (const button of document.querySelectorAll("[data-action]"))
  button.addEventListener("click", async () => {
    try {
      await ACTIONS[button.dataset.action]();
      const verdict = customer.contentDocument.querySelector(".verdict");
      said.textContent = `${button.textContent}: ${verdict?.querySelector("h1").textContent.trim() ?? ""}`;
      said.dataset.reason = verdict?.dataset.reason ?? "";
    } catch (error) {
      said.textContent = error.message;
    }
  });
document.querySelector(".actions").hidden = false;
