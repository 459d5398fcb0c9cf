// The ready-made checks, under the name that a service installs.
export * from "@seaworthy/health/checks";
