// What every contender serves: `/` at once, and `/block?ms=5000`, which keeps the main thread busy for so long.

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
export function answer(request, response) {
  const ms = /^\/block\?ms=(\d+)$/.exec(request.url ?? "")?.[1];
  if (ms !== undefined) response.once("finish", () => keepBusy(Number(ms)));
  response.end("ok");
}

/** @param {number} ms */
function keepBusy(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/**
 * Tells where the service listens, what CPU its start took, and at SIGUSR2 what it has used since.
 *
 * @param {{ app: number, probes: number, path: string }} doors
 */
export function ready(doors) {
  const tell = (/** @type {string} */ what) => {
    const { user, system } = process.cpuUsage();
    const usage = { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 2 ** 20 };
    console.log(`${what} ${JSON.stringify({ ...doors, ...usage })}`);
  };
  let told = 0;
  process.on("SIGUSR2", () => tell(`usage ${(told += 1)}`));
  tell("ready");
}

/** @param {import("node:net").Server} server */
export const portOf = (server) => /** @type {import("node:net").AddressInfo} */ (server.address()).port;
