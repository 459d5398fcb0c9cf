/**
 * What a dashboard of Grafana is, as JSON Schema: written from the types of `@grafana/grafana-foundation-sdk/dashboard`,
 * which brings none. Names that it does not have are refused, but for what a kind of panel keeps to itself: its options,
 * and the custom part of its fields.
 */
export const schema = object(
  {
    uid: { type: "string", pattern: "^[a-zA-Z0-9_-]{8,40}$" },
    title: text(),
    description: text(),
    tags: { type: "array", items: text() },
    timezone: { enum: ["browser", "utc"] },
    editable: { type: "boolean" },
    graphTooltip: { enum: [0, 1, 2] },
    time: object({ from: text(), to: text() }, []),
    fiscalYearStartMonth: { type: "integer", minimum: 0, maximum: 11 },
    refresh: { type: "string", pattern: "^\\d+[smh]$" },
    schemaVersion: { const: 42 },
    panels: {
      type: "array",
      minItems: 1,
      items: { type: "object", required: ["type"], discriminator: { propertyName: "type" }, oneOf: [row(), panel()] },
    },
    templating: object({ list: { type: "array", items: variable() } }, []),
    annotations: object({ list: { type: "array", items: annotation() } }, []),
    links: { type: "array", items: link() },
  },
  [],
);

type Schema = Readonly<Record<string, unknown>>;

/** An object of these properties, all of them required but the optional ones, and no others. */
function object(properties: Readonly<Record<string, Schema>>, optional: readonly string[]): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", additionalProperties: false, required, properties };
}

function text(): Schema {
  return { type: "string", minLength: 1 };
}

function gridPos(): Schema {
  const from = (minimum: number): Schema => ({ type: "integer", minimum, maximum: 1000 });
  return object({ x: from(0), y: from(0), w: { type: "integer", minimum: 1, maximum: 24 }, h: from(1) }, []);
}

function row(): Schema {
  return object(
    {
      type: { const: "row" },
      id: { type: "integer", minimum: 1 },
      title: text(),
      collapsed: { type: "boolean" },
      gridPos: gridPos(),
      panels: { type: "array", maxItems: 0 },
    },
    [],
  );
}

function panel(): Schema {
  return object(
    {
      type: { enum: ["timeseries", "stat", "table", "state-timeline", "heatmap"] },
      id: { type: "integer", minimum: 1 },
      title: text(),
      description: text(),
      transparent: { type: "boolean" },
      datasource: source(),
      gridPos: gridPos(),
      targets: { type: "array", minItems: 1, items: target() },
      links: { type: "array", items: link() },
      repeatDirection: { const: "h" },
      transformations: { type: "array", items: object({ id: text(), options: { type: "object" } }, []) },
      options: { type: "object" },
      fieldConfig: object({ defaults: fields(), overrides: { type: "array", items: override() } }, []),
    },
    ["links", "repeatDirection", "transformations", "transparent"],
  );
}

function fields(): Schema {
  return object(
    {
      unit: text(),
      min: { type: "number" },
      max: { type: "number" },
      noValue: text(),
      thresholds: thresholds(),
      color: object({ mode: { enum: ["thresholds", "palette-classic-by-name"] } }, []),
      mappings: { type: "array", items: mapping() },
      custom: { type: "object" },
    },
    ["min", "max", "noValue", "mappings", "custom"],
  );
}

function thresholds(): Schema {
  const step = object({ value: { type: ["number", "null"] }, color: text() }, []);
  return object({ mode: { const: "absolute" }, steps: { type: "array", minItems: 1, items: step } }, []);
}

function mapping(): Schema {
  const result = object({ text: text(), color: text(), index: { type: "integer" } }, []);
  return object({ type: { const: "value" }, options: { type: "object", additionalProperties: result } }, []);
}

function override(): Schema {
  return object(
    {
      matcher: object({ id: text(), options: {} }, []),
      properties: { type: "array", items: object({ id: text(), value: {} }, []) },
    },
    [],
  );
}

function target(): Schema {
  return object(
    {
      refId: text(),
      expr: text(),
      datasource: source(),
      interval: { type: "string", pattern: "^\\d+[smh]$" },
      legendFormat: text(),
      format: { enum: ["time_series", "table", "heatmap"] },
      instant: { type: "boolean" },
      range: { type: "boolean" },
    },
    ["legendFormat", "format", "instant", "range"],
  );
}

function source(): Schema {
  return object({ type: { const: "prometheus" }, uid: text() }, []);
}

function variable(): Schema {
  const option = { type: ["string", "array"], items: { type: "string" } };
  return object(
    {
      type: { enum: ["datasource", "query", "textbox"] },
      name: { type: "string", pattern: "^\\w+$" },
      label: text(),
      description: text(),
      hide: { enum: [0, 1, 2, 3] },
      skipUrlSync: { type: "boolean" },
      query: { type: ["string", "object"] },
      definition: text(),
      datasource: source(),
      refresh: { enum: [0, 1, 2] },
      sort: { type: "integer", minimum: 0, maximum: 8 },
      multi: { type: "boolean" },
      includeAll: { type: "boolean" },
      allValue: text(),
      allowCustomValue: { type: "boolean" },
      auto: { type: "boolean" },
      auto_min: text(),
      auto_count: { type: "integer" },
      current: object({ text: option, value: option, selected: { type: "boolean" } }, ["selected"]),
    },
    [
      "description",
      "hide",
      "skipUrlSync",
      "definition",
      "datasource",
      "refresh",
      "sort",
      "multi",
      "includeAll",
      "allValue",
      "allowCustomValue",
      "auto",
      "auto_min",
      "auto_count",
      "current",
    ],
  );
}

function annotation(): Schema {
  return object(
    {
      name: text(),
      datasource: source(),
      enable: { type: "boolean" },
      hide: { type: "boolean" },
      builtIn: { const: 0 },
      iconColor: text(),
      expr: text(),
      step: text(),
      titleFormat: text(),
      textFormat: text(),
      target: target(),
    },
    ["builtIn", "hide"],
  );
}

function link(): Schema {
  return object(
    {
      title: text(),
      type: { enum: ["link", "dashboards"] },
      icon: text(),
      tooltip: { type: "string" },
      url: text(),
      tags: { type: "array", items: text() },
      asDropdown: { type: "boolean" },
      targetBlank: { type: "boolean" },
      includeVars: { type: "boolean" },
      keepTime: { type: "boolean" },
    },
    ["url"],
  );
}
