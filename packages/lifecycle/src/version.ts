/** The version of this copy of the package. */
export const version = "0.1.0";
