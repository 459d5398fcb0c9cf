"use strict";

// What a process says of itself: once when it listens, and at each SIGUSR2.
const usage = () => {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1_000, wallMs: performance.now(), rssMb: process.memoryUsage.rss() / 1e6 };
};
const say = (what, more) => process.stdout.write(`${what} ${JSON.stringify({ ...usage(), ...more })}\n`);

exports.ready = (server) => {
  say("ready", { port: server.address().port });
  process.on("SIGUSR2", () => say("usage"));
};
