// What the phone keeps: its key, which no script can read out, and tokens fetched ahead.
const NAME = "menshen";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("kept", mode);
    const request = work(transaction.objectStore("kept"));
    transaction.oncomplete = () => { database.close(); resolve(request.result); };
    transaction.onerror = () => { database.close(); reject(transaction.error); };
  });
}

export const read = (name) => run("readonly", (kept) => kept.get(name));
// In one transaction: what another tab or a slower answer wrote meanwhile is not lost.
export const change = (name, work) => run("readwrite", (kept) => {
  const request = kept.get(name);
  request.onsuccess = () => request.result && kept.put(work(request.result), name);
  return request;
});
export const writeAll = (values) => run("readwrite", (kept) =>
  Object.entries(values).map(([name, value]) => kept.put(value, name)).at(-1));
export const write = (name, value) => run("readwrite", (kept) => kept.put(value, name));
export const forget = (name) => run("readwrite", (kept) => kept.delete(name));

export const ownKey = () => read("key");
export const makeKey = () => crypto.subtle.generateKey(
  { name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
