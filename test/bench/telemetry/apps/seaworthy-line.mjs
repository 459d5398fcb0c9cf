import { start } from "seaworthy";

start({ name: "bench", telemetry: process.env.TELEMETRY !== "off" }).markStarted();
