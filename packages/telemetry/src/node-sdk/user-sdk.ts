/** An SDK that the application has built itself, such as a `NodeSDK` of `@opentelemetry/sdk-node`. */
export interface UserSdk {
  start(): void;
  shutdown(): Promise<void>;
}

/** Tells an SDK from options, by shape: it may come from any copy or version of its package. */
export const isUserSdk = (value: unknown): value is UserSdk => {
  const sdk = value as Partial<UserSdk> | null | undefined;
  return typeof sdk?.start === "function" && typeof sdk.shutdown === "function";
};
