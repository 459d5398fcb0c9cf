import { instanceIdOf } from "../../src/resource/instance-id.ts";
import { processSurroundings } from "../../src/resource/surroundings.ts";

const surroundings = processSurroundings({});
process.send?.({ id: instanceIdOf({}, surroundings), division: surroundings.division });
process.disconnect();
