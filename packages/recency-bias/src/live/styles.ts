/** The panel's own style sheet, which neither reaches into the page nor is reached by it. */
export const STYLES = `
:host{display:block;--back:light-dark(#fff,#1b1f25);--text:light-dark(#1c2127,#e8ebef);--muted:light-dark(#59616c,#a5aeba);--line:light-dark(#e0e3e7,#3a424c);--one:light-dark(#0b66c3,#5fb0ff);--two:light-dark(#a83c00,#ff9b61);--good:light-dark(#076b4c,#4fd6a8);--bad:light-dark(#a83c00,#ff9b61);font:14px/1.45 system-ui,sans-serif;color:var(--text)}
:host([theme=light]){color-scheme:light}
:host([theme=dark]){color-scheme:dark}
section{padding:14px 16px;background:var(--back);border:1px solid var(--line);border-radius:12px}
h2{margin:0;font-size:16px}
h3{margin:16px 0 6px;font-size:14px}
p{margin:2px 0 0;color:var(--muted)}
.charts,.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(260px,100%),1fr));gap:8px 20px;margin-top:10px}
figure{margin:0}
figcaption,caption{color:var(--muted);font-size:13px;text-align:left}
.key{margin-left:8px;white-space:nowrap;color:var(--one)}
.key::before{content:"● "}
.key.held{color:var(--two)}
.key.held::before{content:"▲ "}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--muted);font-size:11px}
.grid{stroke:var(--line)}
.curve path{fill:none;stroke:var(--one);stroke-width:2}
.curve circle{fill:var(--one)}
.curve.held path{stroke:var(--two);stroke-dasharray:5 3}
.curve.held circle{fill:var(--two)}
table{align-self:start;width:100%;border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:3px 8px 3px 0;text-align:left;font-weight:400;width:33%}
thead th{color:var(--muted)}
.bar{height:6px}
.drawn{fill:var(--one)}
.all{fill:var(--muted)}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(112px,1fr));gap:12px;margin:0;padding:0;list-style:none}
.gallery li{display:flex;flex-direction:column;gap:4px;min-width:0}
.picture{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:cover;border-radius:6px;background:var(--line)}
strong{overflow-wrap:anywhere}
.window{display:flex;flex-wrap:wrap;gap:2px}
.window i{min-width:1.7em;padding:0 2px;border:1px solid var(--line);border-radius:4px;font:600 11px/1.5 ui-monospace,monospace;text-align:center;overflow:hidden}
.window .right{border-color:var(--good);color:var(--good)}
.window .wrong{border:1px dashed var(--bad);color:var(--bad)}
select{width:100%;font:inherit;color:inherit;background:var(--back);border:1px solid var(--line);border-radius:6px;padding:3px}
select:focus-visible{outline:2px solid var(--one)}
`;
