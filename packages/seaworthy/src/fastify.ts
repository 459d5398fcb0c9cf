// The plugin for Fastify, under the name that a service installs.
export * from "@seaworthy/http/fastify";
