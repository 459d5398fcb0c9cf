// Imported into each process that `npm start` starts: none outlives it, however it ends.

process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
