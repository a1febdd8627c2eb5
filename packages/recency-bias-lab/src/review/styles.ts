/** Rules that the page of a review adds to the style sheet of the report. */
export const REVIEW_STYLES = `
header{padding-top:32px}
h1{margin-bottom:16px}
section{margin-top:32px}
.desk{display:grid;grid-template-columns:minmax(0,420px) minmax(0,1fr);gap:28px;margin-top:0;align-items:start}
.desk figure{margin:0}
.desk img{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:contain;border-radius:8px;background:#000}
.desk .note{margin:8px 0}
.desk h2{margin:0 0 10px}
.verdict{margin:0 0 4px;font-size:18px}
.mark{display:inline-block;width:1.5em;font-weight:700;text-align:center}
.right{color:var(--good)}
.wrong{color:var(--bad)}
.answers{display:flex;flex-wrap:wrap;gap:6px;margin:0 0 12px;padding:0;list-style:none}
.answers li{padding:1px 10px 1px 4px;border:1px solid currentColor;border-radius:99px;font-size:14px}
.answers li.right{border-style:solid}
.answers li.wrong{border-style:dashed}
.file{overflow-wrap:anywhere}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:12px 0}
button{display:inline-flex;align-items:center;gap:8px;padding:8px 14px 8px 9px;border:1px solid var(--line);border-radius:10px;background:var(--surface);color:var(--text);font:inherit;font-size:15px;cursor:pointer}
button:hover:enabled{border-color:var(--accent)}
button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button:disabled{color:var(--muted);cursor:default}
button[aria-pressed=true]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
kbd{display:inline-block;min-width:1.6em;padding:1px 5px;border:1px solid var(--line);border-radius:5px;background:var(--chip);font:600 13px/1.4 ui-monospace,Menlo,Consolas,monospace;text-align:center}
.classes button{padding:4px 11px 4px 6px;font-size:14px}
#command{white-space:pre-wrap;overflow-wrap:anywhere}
#status{min-height:1.6em;margin:12px 0 0;color:var(--muted)}
#status.lost{color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(178px,100%),1fr));gap:14px;margin:12px 0 0;padding:0;list-style:none}
.tiles button{display:block;width:100%;padding:8px;text-align:left;font-size:14px;line-height:1.4}
.tiles img{display:block;width:100%;height:auto;min-height:160px;aspect-ratio:1;object-fit:cover;border-radius:6px;background:var(--chip)}
.tiles button[aria-current=true]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.tiles .decided img{opacity:.5}
.tiles span{display:block;overflow-wrap:anywhere}
.tiles .state{font-weight:600}
@media (max-width:760px){
.desk{grid-template-columns:minmax(0,1fr);gap:16px}
.desk img{max-height:46vh}
.tiles{grid-template-columns:repeat(auto-fill,minmax(100px,1fr));gap:10px}
.tiles img{min-height:0}
.tiles button{padding:5px;font-size:13px}
}
`;
