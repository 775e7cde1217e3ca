import { tint } from "./palette.ts";

/**
 * The flame picture's part of the style sheet. A name is shown where the picture is wide enough for it: `wide` ones on a
 * desk and on paper, `middle` ones on a tablet too, the others everywhere.
 */
export const flameStyle = `
svg.flame{display:block;width:100%;margin:0 0 1rem;background:color-mix(in srgb,var(--line) 35%,transparent)}
svg.flame rect{stroke:var(--surface);stroke-width:1}
svg.flame g>rect{fill:color-mix(in srgb,currentColor ${100 * tint}%,var(--surface))}
svg.flame .layer>rect{fill:var(--surface);stroke:var(--total)}
svg.flame .rest>rect{fill:var(--line)}
svg.flame text{fill:var(--text);stroke:none;font-size:12px}
svg.flame g:hover>rect{stroke:var(--text);stroke-width:2}
.words{min-width:14rem}
.paths tbody th{font-weight:400;white-space:nowrap;min-width:0}
@media (max-width:64rem){svg.flame .wide{display:none}}
@media (max-width:40rem){svg.flame .middle{display:none}}
@media print{svg.flame .wide,svg.flame .middle{display:inline}svg.flame{break-inside:avoid}svg.flame rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
