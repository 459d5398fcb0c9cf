import "./seaworthy-line.mjs";
import "./app.mjs";
