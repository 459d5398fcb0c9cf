"use strict";
require("seaworthy")
  .start({ name: "bench", telemetry: process.env.TELEMETRY !== "off" })
  .markStarted();
require("./app.cjs");
