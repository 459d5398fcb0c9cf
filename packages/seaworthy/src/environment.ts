/** The environment as it is now: the only place in the packages that reads it. */
export const environment = (): Readonly<NodeJS.ProcessEnv> => ({ ...process.env });
