/** The Prometheus that the configuration and the rules are held against. Its Go module counts 3.16.0 as v0.316.0. */
export const prometheusVersion = "3.16.0";
