/** The servers of this package: they answer for the service and are not drained with it. */
export const ownServers: WeakSet<object> = new WeakSet<object>();

/** Whether a server is one of this package, which answers probes and nothing of the application. */
export const isOwnServer = (server: object): boolean => ownServers.has(server);
