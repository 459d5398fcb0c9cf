/** The servers of this package: they answer for the service and are not drained with it. */
export const ownServers: WeakSet<object> = new WeakSet<object>();
