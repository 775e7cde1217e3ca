import { colourRules, dark, light, variables } from "./palette.ts";
import { flameStyle } from "./style-flame.ts";
import { mapStyle } from "./style-map.ts";

/**
 * The style sheet: system fonts, one column, light and dark, paper and phone. Colours are in palette.ts, the memory map's shapes in
 * style-map.ts, the flame picture's in style-flame.ts. `.paper` is set while printing, so that charts are drawn in the light colours.
 */
export function style(): string {
  return `:root{color-scheme:light;${variables(light)}}
@media screen and (prefers-color-scheme:dark){:root:not(.paper){color-scheme:dark;${variables(dark)}}}
${base}${parts}${tables}${mapStyle}${flameStyle}${colourRules()}
${media}`;
}

const base = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:3.5rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main,.top>div,nav>div{max-width:70rem;margin:0 auto;padding:0 1.25rem}
h1,h2,h3{line-height:1.2;letter-spacing:-.012em;text-wrap:balance}
h1{font-size:clamp(1.7rem,5vw,2.5rem);margin:0 0 .5rem}
h2{font-size:1.5rem;margin:0 0 1rem}
h3{font-size:1.05rem;margin:0 0 .4rem}
p,ul,dl{margin:0 0 1rem}
p,li,dd,.note{overflow-wrap:anywhere}
section>p{max-width:46rem}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.875em}
pre code{font-size:inherit}
a{color:var(--accent)}
dfn{font-style:normal;font-weight:600}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.note{color:var(--muted);font-size:.875rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--surface);padding:.5rem 1rem;z-index:9}
`;

const parts = `
.top{padding:2.75rem 0 1.5rem}
.top .lead{font-size:1.125rem;color:var(--muted);max-width:46rem}
.eyebrow{font-size:.8125rem;letter-spacing:.06em;text-transform:uppercase;color:var(--muted);margin:0 0 .5rem}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.25rem;margin:0;font-size:.9375rem}
.facts dt{color:var(--muted)}.facts dd{margin:0;min-width:0}
.facts pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.notes{margin:1rem 0 0;padding:.75rem 1rem .75rem 2rem;border-left:3px solid var(--accent);background:var(--surface);border-radius:0 8px 8px 0;font-size:.9375rem}
nav{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--page) 92%,transparent);backdrop-filter:blur(8px);border-block:1px solid var(--line)}
nav ul{display:flex;gap:1.25rem;list-style:none;margin:0;padding:.6rem 0;overflow-x:auto;white-space:nowrap;font-size:.875rem;scrollbar-width:none}
nav a{color:var(--muted);text-decoration:none}nav a:hover{color:var(--accent)}
main>section{margin:3rem 0}main .notes{margin-bottom:1rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19.5rem),1fr));gap:1rem}
.card,.figure{background:var(--surface);border:1px solid var(--line);border-radius:12px}
.card{padding:1.1rem 1.2rem}
.card h2{font-size:1.25rem}.card h3{font-weight:600;color:var(--muted);font-size:.9375rem}
.card .chief{margin:0 0 .25rem;font-size:1.9rem;font-weight:650;line-height:1.2;letter-spacing:-.02em}
.card .chief .interval{font-size:.875rem;font-weight:400;letter-spacing:0}
.card .chief .how{vertical-align:.45em;letter-spacing:0}
.card .note{margin:0 0 .6rem}
.card dl{margin:0;font-size:.875rem}
.card dl div{display:flex;justify-content:space-between;align-items:flex-start;gap:.75rem;padding:.35rem 0;border-top:1px solid var(--line)}
.card dt{color:var(--muted);flex:1 1 40%;min-width:0;overflow-wrap:anywhere}.card dd{margin:0;text-align:right;flex:0 1 auto;max-width:60%}
.card dd>span{display:inline-block}
.card dd .number{white-space:nowrap}
.card dd .interval{white-space:normal}
.figure{margin:0 0 1.5rem;padding:1.1rem 1.2rem;position:relative;min-width:0}
.figure figcaption .note{max-width:46rem;margin-bottom:.5rem}
.chart{position:relative;width:100%;margin:0 0 1rem}
.number{font-variant-numeric:tabular-nums}
.interval{color:var(--muted);font-size:.92em}
.how{display:inline-block;font-size:.6875rem;line-height:1.5;font-weight:500;padding:0 .4em;border-radius:4px;cursor:help;white-space:nowrap;vertical-align:.1em}
.control{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem 1rem;margin:0 0 1rem;font-size:.9375rem}
.control label{white-space:nowrap;display:flex;align-items:center;gap:.6rem;min-width:0;max-width:100%}
select,button{font:inherit;color:inherit;background:var(--surface);border:1px solid var(--total);border-radius:8px;padding:.35rem .7rem;min-width:0;max-width:100%}
button{cursor:pointer}button:hover,select:hover{border-color:var(--accent)}
.terms div{display:grid;grid-template-columns:minmax(7rem,14rem) 1fr;gap:.25rem 1.25rem;padding:.6rem 0;border-top:1px solid var(--line)}
.terms dt{font-weight:600}.terms dd{margin:0;min-width:0}
.legend div{grid-template-columns:6rem 1fr}
.sources{margin:.4rem 0 0;padding-left:1.1rem;color:var(--muted);font-size:.875rem}
summary{cursor:pointer;padding:.5rem 0}
details.core{border-top:1px solid var(--line)}
footer{max-width:70rem;margin:0 auto;padding:1.5rem 1.25rem 3rem;color:var(--muted);font-size:.875rem}
`;

const tables = `
.scroll{overflow-x:auto;max-width:100%;margin:0 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.875rem}
caption{position:sticky;left:0;text-align:left;color:var(--muted);padding:.25rem 0 .5rem}
th,td{padding:.45rem .75rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{border-top:0;border-bottom:1px solid var(--total);color:var(--muted);font-weight:600;vertical-align:bottom}
tbody th{font-weight:600;min-width:9rem}
.wide tbody th{position:sticky;left:0;background:var(--surface);z-index:1;padding-right:1rem}
tbody th .note{display:block;font-weight:400;font-size:.8125rem}
th:first-child{padding-left:0}td:last-child,th:last-child{padding-right:0}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead .num{white-space:normal;min-width:5.5rem}
tbody th.num{min-width:0;font-weight:400}
.wide th+th,.wide td{padding-inline:.4rem}
.wide td:last-child{padding-right:0}
.wide .how{display:table;margin-left:auto}
.wide thead .num{min-width:4.4rem}
.wide .interval{display:block}
.none{color:var(--muted)}
.source{color:var(--muted);min-width:16rem}
tbody tr:hover{background:color-mix(in srgb,var(--accent) 6%,transparent)}
`;

const media = `
@media (max-width:40rem){
body{font-size:15px}
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}
.terms div,.legend div{grid-template-columns:1fr}
.figure{padding:.9rem .8rem;border-radius:10px}
main,.top>div,nav>div{padding:0 .9rem}
tbody th{min-width:7.5rem}
.slider label{order:3;flex-basis:100%}
caption{max-width:calc(100vw - 4rem)}
th,td{padding-inline:.4rem}
.num .how{display:table;margin-left:auto}
}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}.play{display:none}}
.paper main{width:60rem;max-width:none}
@media print{
@page{size:landscape;margin:12mm}
body{background:none;font-size:10pt}
nav,.control,.tip,.skip,.axis-note,.lives .cursor,.live .cursor{display:none!important}
main,.paper main,.top>div,footer{width:auto;max-width:none;padding:0}
.top{padding:0}
main>section{margin:1.5rem 0}
.card,.figure{border-color:#bbb;padding:.6rem .7rem}
.card,tr,.chart,.plot,.terms div{break-inside:avoid}
h2,h3,figcaption,caption{break-after:avoid}
.scroll{overflow:visible}.wide tbody th{position:static}
table{font-size:7.5pt}.wide{font-size:7pt}
th,td{padding:.2rem .35rem}.wide th+th,.wide td{padding:.2rem .2rem}
thead .num,.wide thead .num,tbody th,.source{min-width:0}.num{white-space:normal}
canvas{max-width:100%!important}
td .how{font-size:.85em}.cards{grid-template-columns:repeat(3,1fr)}
.how,.swatch,.floor-tick{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
