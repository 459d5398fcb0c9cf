import { armEarly as arm } from "./instrumentation/early.ts";

/**
 * Arms the libraries that are known, before the application loads any. It is loaded in processes that never serve, too:
 * it stands by itself, without the SDK.
 */
export const armEarly = (): void => arm();
