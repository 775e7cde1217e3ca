import type { Plan } from "./plan.ts";

/** How offsets were found and what is known of them, for people: `exhaustively, no placement of these rings is smaller`. */
export function placedWords({
  placement,
  optimal,
  arenaBytes,
  floorBytes,
}: Pick<Plan, "placement" | "optimal" | "arenaBytes" | "floorBytes">): string {
  const how = { fixed: "by the strategy's rule", exact: "exhaustively", greedy: "greedily" }[placement];
  if (arenaBytes === floorBytes) return `${how}, on the floor`;
  return optimal ? `${how}, no placement of these rings is smaller` : how;
}
