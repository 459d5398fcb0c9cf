import type { AddressInfo, Server } from "node:net";

/** How long each of them is set to wait after SIGTERM before it closes. */
export const delayMs = Number(process.argv[2]);

/** Tells whoever measures where the service listens. */
export const listening = (server: Server): void => console.log(`port ${(server.address() as AddressInfo).port}`);

export { takeOrder, takeOrderOf } from "../../drain/fixtures/take-order.ts";
