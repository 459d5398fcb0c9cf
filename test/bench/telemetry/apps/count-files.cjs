"use strict";
const { registerHooks } = require("node:module");
const { isMainThread } = require("node:worker_threads");

// At each SIGUSR2, after the usage: the files of packages that the main thread has loaded.
const loaded = new Set();
registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith("file:") && url.includes("/node_modules/")) loaded.add(url);
    return nextLoad(url, context);
  },
});
if (isMainThread) process.on("SIGUSR2", () => process.stdout.write(`loaded ${JSON.stringify([...loaded])}\n`));
