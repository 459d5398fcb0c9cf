import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Alert, alerts, pathOf } from "./rules.ts";

// The files in cases/ are unit tests for promtool, less what each would have to say again:
//
// - `rules` names the files of rules;
// - `$orders` and its like stand for labels;
// - of an alert that fires, the labels of its service and of its rule, the description and the runbook are left out;
// - values are compared to four places: further ones depend on the arithmetic of the version.

interface ExpectedAlert {
  readonly exp_labels?: Readonly<Record<string, string>>;
  readonly exp_annotations?: Readonly<Record<string, string>>;
}

export interface AlertCase {
  readonly alertname: string;
  readonly eval_time: string;
  readonly exp_alerts: readonly ExpectedAlert[];
}

export interface ValueCase {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
}

interface Cases {
  readonly rules: string | readonly string[];
  readonly evaluation_interval?: string;
  readonly group_eval_order?: readonly string[];
  readonly tests: readonly {
    readonly alert_rule_test?: readonly AlertCase[];
    readonly promql_expr_test?: readonly ValueCase[];
  }[];
}

const shorthands: Readonly<Record<string, string>> = {
  $orders: 'service_namespace="shop", service_name="orders"',
  $pod: 'k8s_pod_name="orders-1", instance="shop.orders-1.orders"',
  $other: 'k8s_pod_name="orders-2", instance="shop.orders-2.orders"',
  $route: 'http_request_method="GET", http_route="/orders/:id"',
  $gateway: 'job="otelcol", instance="gateway-1:8888"',
};

/** The cases of one file of rules. */
export function readCases(file: string): Cases {
  const text = readFileSync(join(import.meta.dirname, "cases", `${file}.yml`), "utf8");
  return parse(
    text.replaceAll(/\$[a-z]+/g, (name) => (shorthands[name] ?? name).replaceAll('"', "\u0000")),
    {
      // Quotation marks of labels, in texts of either kind.
      reviver: (_key, value: unknown) => (typeof value === "string" ? value.replaceAll("\u0000", '"') : value),
    },
  ) as Cases;
}

export const alertCases = ({ tests }: Cases): readonly AlertCase[] => tests.flatMap((one) => one.alert_rule_test ?? []);

export const valueCases = ({ tests }: Cases): readonly ValueCase[] =>
  tests.flatMap((one) => one.promql_expr_test ?? []);

/** The whole of a file of cases, as promtool takes it. */
export function unitTest({ rules, evaluation_interval = "1m", group_eval_order, tests }: Cases): unknown {
  const known = alerts();
  return {
    rule_files: [rules].flat().map(pathOf),
    evaluation_interval,
    group_eval_order,
    tests: tests.map((one) => ({
      interval: "1m",
      ...one,
      promql_expr_test: (one.promql_expr_test ?? []).map((value) => ({
        ...value,
        expr: `round(${value.expr}, 0.0001)`,
      })),
      alert_rule_test: (one.alert_rule_test ?? []).map(({ alertname, exp_alerts, ...rest }) => ({
        alertname,
        ...rest,
        exp_alerts: exp_alerts.map((expected) => complete(expected, ruleOf(known, alertname, expected))),
      })),
    })),
  };
}

/** Which of the rules by that name: they differ by their window. */
export function ruleOf(known: readonly Alert[], name: string, { exp_labels }: ExpectedAlert): Alert {
  const window = exp_labels?.["window"];
  const rule = known.find(({ alert, labels }) => alert === name && labels["window"] === window);
  if (!rule) throw new Error(`Expected a rule for ${name} ${window ?? ""}, got none. Mend its case.`);
  return rule;
}

function complete(
  { exp_labels, exp_annotations }: ExpectedAlert,
  { alert, labels, annotations }: Alert,
): ExpectedAlert {
  const service = alert.startsWith("Collector") ? {} : { service_namespace: "shop", service_name: "orders" };
  return {
    exp_labels: { ...service, ...labels, ...exp_labels },
    exp_annotations: { ...annotations, ...exp_annotations },
  };
}
