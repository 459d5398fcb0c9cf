import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isRequired, promtool, runPromtool } from "../prometheus/promtool.ts";
import { queriesOf } from "./queries.ts";
import { dashboards } from "./written.ts";

const skip = "missing" in promtool && !isRequired && promtool.missing;
const joining = [...dashboards].flatMap(([name, dashboard]) =>
  queriesOf(dashboard)
    .filter(({ asked }) => asked.includes("target_info"))
    .map(({ where, asked }) => ({ where: `${name}: ${where}`, asked })),
);

// A pod's service.instance.id outlives its container: the target_info of the process before stays for five minutes.
const service = 'job="shop/any", instance="any", service_namespace="any", service_name="any", k8s_pod_name="any"';
const processes = [
  { of: 'container_id="a", process_pid="17", process_runtime_version="24.1.0"', values: "1 1 _ _ _ _" },
  { of: 'container_id="b", process_pid="18", process_runtime_version="24.2.0"', values: "_ _ _ 1 1 1" },
];

test("what joins with target_info holds while two processes of one instance are known", { skip }, (t) => {
  assert.ok(joining.length > 0);
  const scratch = mkdtempSync(join(tmpdir(), "seaworthy-grafana-"));
  t.after(() => rmSync(scratch, { recursive: true }));
  const path = join(scratch, "restarted.test.json");
  const one = {
    interval: "1m",
    input_series: [
      { series: `process_uptime_seconds{${service}, service_version="1.0.0"}`, values: "60 120 _ 60 120 180" },
      ...processes.map(({ of, values }) => ({ series: `target_info{${service}, ${of}}`, values })),
    ],
    promql_expr_test: joining.map(({ asked }) => ({
      expr: `sum by (process_runtime_version) (${asked})`,
      eval_time: "4m",
      exp_samples: [{ labels: '{process_runtime_version="24.2.0"}', value: 120 }],
    })),
  };
  writeFileSync(path, JSON.stringify({ rule_files: [], evaluation_interval: "1m", tests: [one] }));
  const { code, text } = runPromtool("test", "rules", path);
  assert.equal(code, 0, `${joining.map(({ where }) => where).join()}: ${text}`);
});
