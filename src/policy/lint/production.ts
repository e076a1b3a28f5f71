/** By its name: `production`, `prod`, `prd` or `live`, alone or as a word of it such as `eu-prod`. */
export function isProduction(environment: string): boolean {
  return /(?:^|[^a-z])(?:production|prod|prd|live)(?:$|[^a-z])/i.test(environment);
}
