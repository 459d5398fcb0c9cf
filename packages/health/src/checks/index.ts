// The process itself.
export { type EventLoopDelayOptions, eventLoopDelay } from "./event-loop-delay.ts";
export { type EventLoopUtilizationOptions, eventLoopUtilization } from "./event-loop-utilization.ts";
export { type MemoryOptions, memory } from "./memory.ts";
export { type DiskSpaceOptions, diskSpace } from "./disk-space.ts";

// The network.
export { type TcpOptions, tcp } from "./tcp.ts";
export { type HttpOptions, type HttpTlsOptions, http } from "./http.ts";
export { type DnsOptions, dns } from "./dns.ts";

// The user's own clients: ping.pg, ping.mysql2, ping.ioredis, ping.redis, ping.mongodb, ping.kafkajs, …
export * as ping from "./ping/index.ts";
