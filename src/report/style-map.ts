/** The memory map's part of the style sheet: a grid of axis and drawing, shapes, swatches, tooltip. */
export const mapStyle = `
.plot{display:grid;grid-template-columns:3.4rem 1fr;row-gap:.75rem;margin:.5rem 0 .5rem;padding-top:.6rem}
.plot svg{display:block;width:100%;background:color-mix(in srgb,var(--line) 35%,transparent);border-left:1px solid var(--total);border-bottom:1px solid var(--total);overflow:visible}
.lives{height:24rem}.live{height:5.5rem}
.axis-y,.axis-x{position:relative;font-size:.75rem;color:var(--muted);font-variant-numeric:tabular-nums}
.axis-y span{position:absolute;right:.5rem;transform:translateY(50%)}
.axis-x{grid-column:2;height:1.1rem;margin-top:-.5rem}
.axis-x span{position:absolute;transform:translateX(-50%)}
.axis-x span:last-child{transform:translateX(-100%)}
.lives rect{stroke:var(--surface);stroke-width:1;vector-effect:non-scaling-stroke;cursor:pointer}
.lives rect.scratch{fill-opacity:.35;stroke:currentColor;stroke-dasharray:3 2}
.lives rect:hover,.lives rect:focus{stroke:var(--text);stroke-width:2.5;outline:none}
.plot line{vector-effect:non-scaling-stroke;pointer-events:none}
.plot svg.trade-off{height:20rem}.trade-off path{fill:none;stroke:currentColor;stroke-width:2.5;vector-effect:non-scaling-stroke}
.cursor{stroke:var(--text);stroke-width:2}
.floor-line{stroke:var(--worse);stroke-width:2;stroke-dasharray:2 4}
.floor-level{stroke:var(--worse);stroke-width:1.5;stroke-dasharray:6 4}
.live-area{fill:var(--soft)}
.owners{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;padding:0;margin:0 0 .5rem;font-size:.875rem}
.owners li{display:flex;align-items:center}
.swatch{display:inline-block;flex:none;width:.8rem;height:.8rem;border-radius:3px;margin-right:.45rem;vertical-align:-.06em}
.swatch.scratch{background-color:transparent;border:1.5px dashed currentColor}
.swatch.strong{background:var(--strong)}.swatch.soft{background:var(--soft)}.swatch.outlined{border:2px solid var(--strong)}
.floor-tick{display:inline-block;width:2px;height:1rem;background:var(--text);margin-right:.5rem}
.slider label{flex:1 1 16rem}
.slider input{flex:1;min-width:0;accent-color:var(--accent)}
.play{min-width:4.6rem}
.tip{position:absolute;z-index:4;max-width:min(20rem,90%);padding:.4rem .65rem;border-radius:8px;background:var(--text);color:var(--page);font-size:.8125rem;line-height:1.4;pointer-events:none}
[hidden]{display:none!important}
`;
