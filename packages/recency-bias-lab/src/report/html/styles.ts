/** Style sheet of the report. */
import { DARK_COLORS, LIGHT_COLORS } from '../palette.js';

function slots(colors: readonly string[]): string {
  return colors.map((color, slot) => `--slot-${slot}:${color};`).join('');
}

const LIGHT = `color-scheme:light;--page:#f6f7f8;--surface:#ffffff;--text:#1c2127;--muted:#59616c;--line:#e3e5e8;
--accent:#0b66c3;--good:#076b4c;--bad:#a83c00;--warn:#fff6df;--warn-line:#e2b13c;--chip:#eef0f3;
--heat:linear-gradient(90deg,#eef4fb,#bcd7f0,#76add9,#3179b5,#12477f,#08264a);${slots(LIGHT_COLORS)}`;

const DARK = `color-scheme:dark;--page:#131619;--surface:#1b1f25;--text:#e8ebef;--muted:#a5aeba;--line:#333a43;
--accent:#5fb0ff;--good:#4fd6a8;--bad:#ff9b61;--warn:#2b2514;--warn-line:#a9822a;--chip:#2a3038;
--heat:linear-gradient(90deg,#1d2a3a,#1f4468,#2b6ca3,#529cd6,#9accf3,#eaf6ff);${slots(DARK_COLORS)}`;

/** The whole sheet. */
export const STYLES = `
:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{${LIGHT}--page:#fff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:56px}
.eyebrow{margin:0;color:var(--muted);font-size:14px;letter-spacing:.02em}
h1{margin:4px 0 20px;font-size:32px;line-height:1.2;letter-spacing:-.015em;overflow-wrap:anywhere}
.headline{margin:0 0 24px;max-width:44em;font-size:21px;line-height:1.45}
h2,h3.title{margin:0 0 6px;font-size:22px;letter-spacing:-.01em}
.card-title{margin:0 0 2px;font-size:16px}
section{margin:48px 0 0}
article{margin-top:72px;padding-top:40px;border-top:1px solid var(--line)}
.comparison{margin:0 0 12px;font-size:28px;letter-spacing:-.015em;overflow-wrap:anywhere}
.contents{margin:0;padding-left:24px}
.contents li{margin:6px 0;overflow-wrap:anywhere}
.contents span{display:block;color:var(--muted);font-size:14px}
.note{margin:0 0 16px;max-width:72ch;color:var(--muted);font-size:14px}
.card{background:var(--surface);border:1px solid var(--line);border-radius:12px;padding:20px}
.note.below{margin:4px 0 0}
.gap{height:20px}
.grid{display:grid;gap:20px;grid-template-columns:repeat(2,minmax(0,1fr));margin-top:20px}
.grid>.card{display:flex;flex-direction:column}
.grid>.card>.chart{margin-top:auto}
.grid.lead>.card:first-child{grid-column:1/-1}
.scroll{overflow-x:auto}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(210px,1fr));gap:14px 24px;margin:0}
.facts div{min-width:0}
.facts dt{color:var(--muted);font-size:13px}
.facts dd{margin:0;overflow-wrap:anywhere}
.warning{margin:12px 0;padding:12px 16px;background:var(--warn);border:1px solid var(--warn-line);border-radius:10px;max-width:80ch}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);font-size:14px;padding-bottom:10px}
th,td{padding:10px 11px;text-align:right;border-top:1px solid var(--line);white-space:nowrap;vertical-align:middle}
thead th{border-top:0;color:var(--muted);font-size:13px;font-weight:600;vertical-align:bottom}
th:first-child,td:first-child{text-align:left;padding-left:0}
th:last-child,td:last-child{padding-right:0}
tbody th{font-weight:600}
.scroll th:first-child{position:sticky;left:0;background:var(--surface)}
.paper th,.paper td{color:var(--muted);font-weight:400;border-top:0;padding-top:4px;padding-bottom:4px}
tr+.paper th,tr+.paper td{padding-top:8px}
.paper-table th,.paper-table td{vertical-align:top}
.group{padding-top:22px;font-size:15px}
.setting{white-space:normal;min-width:30ch}
.sub{display:block;color:var(--muted);font-size:13px;font-weight:400}
.self{color:var(--muted)}
.swatch{display:inline-block;width:11px;height:11px;margin-right:9px;border-radius:3px;vertical-align:-1px}
.best{font-weight:700}
.good{color:var(--good)}
.bad{color:var(--bad)}
.dots{display:block;margin-left:auto}
.chart{width:100%;height:300px;margin-top:10px}
.chart.tall{height:380px}
.chart.heat{height:250px}
.toolbar{position:sticky;top:0;z-index:5;display:none;flex-wrap:wrap;gap:10px 22px;align-items:center;margin:16px 0 0;padding:12px 16px;background:var(--surface);border:1px solid var(--line);border-radius:12px}
.scripted .toolbar{display:flex}
fieldset{display:flex;flex-wrap:wrap;align-items:center;gap:4px;margin:0;padding:0;border:0;min-width:0}
legend{float:left;margin-right:8px;color:var(--muted);font-size:13px}
.toolbar label{position:relative;display:inline-flex;align-items:center;padding:4px 11px;border:1px solid var(--line);border-radius:99px;font-size:14px;cursor:pointer;white-space:nowrap}
.toolbar input{position:absolute;inset:0;margin:0;opacity:0;cursor:pointer}
.toolbar label:has(:checked){background:var(--chip);border-color:var(--muted)}
.toolbar label:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}
.toolbar .key:not(:has(:checked)){color:var(--muted);text-decoration:line-through}
.scale{display:flex;align-items:center;gap:10px;color:var(--muted);font-size:13px}
.scale i{display:block;width:160px;height:10px;border-radius:5px;background:var(--heat)}
details{margin-top:14px}
.folded{margin-top:14px}
.fold>summary .title{display:inline}
.fold[open]{margin-bottom:34px}
summary{cursor:pointer;color:var(--accent)}
details:not(.fold) table{font-size:14px}
details:not(.fold) :is(th,td){padding:5px 14px}
pre{overflow-x:auto;margin:12px 0 0;padding:14px 16px;background:var(--chip);border-radius:10px;font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:16px;margin:16px 0 0;padding:0;list-style:none}
.sample{display:flex;gap:14px;padding:14px;background:var(--surface);border:1px solid var(--line);border-radius:12px;break-inside:avoid}
.sample img,.sample .blank{flex:none;width:72px;height:72px;border-radius:8px;background:#000;object-fit:contain;image-rendering:pixelated}
.sample .about{min-width:0;flex:1}
.sample p{margin:0;font-size:14px;line-height:1.4;overflow-wrap:anywhere}
.sample p.muted{color:var(--muted);font-size:13px}
.window{display:flex;gap:2px;margin:6px 0 12px;padding:0;list-style:none}
.window li{flex:1;max-width:20px;min-width:0;height:22px;border-radius:4px;font:600 12px/22px ui-monospace,Menlo,Consolas,monospace;text-align:center;color:#fff;background:var(--label)}
.window li{position:relative}
.window li.true::after{content:"";position:absolute;left:2px;right:2px;bottom:-5px;height:2px;background:var(--text)}
.script-note{margin:16px 0 0;padding:12px 16px;border:1px solid var(--line);border-radius:10px;color:var(--muted)}
footer{padding:56px 24px 64px;color:var(--muted);font-size:14px}
a{color:var(--accent)}
@media (max-width:760px){
main,header,footer{padding-left:16px;padding-right:16px}
header{padding-top:32px}
h1{font-size:26px}
.headline{font-size:18px}
.grid{grid-template-columns:minmax(0,1fr)}
.card{padding:16px}
.facts{grid-template-columns:repeat(auto-fill,minmax(135px,1fr))}
.toolbar{position:static}
.setting{min-width:0}
.paper-table tbody th{min-width:7.5em;max-width:40vw;white-space:normal;overflow-wrap:anywhere}
.narrow th,.narrow td{white-space:normal;padding:10px 6px}
.paper-table .group{max-width:none}
.chart.tall{height:300px}
}
@media print{
body{font-size:12px}
h1{font-size:24px}
h2{font-size:17px}
.headline{font-size:16px}
.note,.sub,thead th,.facts dt,caption{font-size:10.5px}
th,td{padding:5px 6px}
.sub,td:last-child{white-space:normal}
.dots{width:110px;height:auto}
.scroll{overflow:visible}
.card{padding:12px}
.chart{height:230px}
.card,.sample,figure{break-inside:avoid}
section{margin-top:28px}
.toolbar,.scripted .toolbar{display:none}
.grid{grid-template-columns:repeat(2,minmax(0,1fr))}
}
`;
