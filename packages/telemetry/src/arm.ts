/** Loaded before the application, and in processes that never serve: it stands by itself, without the SDK. */
export { armEarly } from "./instrumentation/early.ts";
