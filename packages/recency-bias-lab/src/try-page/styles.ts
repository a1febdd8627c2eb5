/** Styles of the page that tries a model, behind those of the report. */
export const TRY_STYLES = `
main,header,footer{max-width:820px}
header{padding-top:40px}
h1{margin-bottom:10px}
.tools{display:flex;flex-wrap:wrap;gap:14px;margin:24px 0 0}
.drop{position:relative;flex:1 1 320px;display:flex;flex-direction:column;justify-content:center;min-height:104px;padding:18px 22px;border:2px dashed var(--muted);border-radius:12px;background:var(--surface);cursor:pointer}
.drop.over,.drop:hover{border-color:var(--accent)}
.drop:has(:focus-visible){outline:2px solid var(--accent);outline-offset:2px}
.drop strong{font-size:18px}
.drop span{color:var(--muted);font-size:14px}
.drop input{position:absolute;inset:0;opacity:0;cursor:pointer}
button{flex:0 1 200px;padding:14px 20px;border:1px solid var(--line);border-radius:12px;background:var(--surface);color:var(--text);font:inherit;font-weight:600;cursor:pointer}
button:hover{border-color:var(--accent)}
button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
button:disabled{color:var(--muted);cursor:default}
.status{min-height:1.55em;margin:12px 0 0;color:var(--muted)}
.results{display:grid;gap:16px;margin:8px 0 0;padding:0;list-style:none}
.results .card,#live{display:grid;grid-template-columns:minmax(0,240px) minmax(0,1fr);gap:20px;align-items:start}
#live{margin:8px 0 16px}
#live[hidden]{display:none}
.picture,video{display:block;justify-self:center;max-width:100%;max-height:240px;border-radius:8px;background:#000}
.answer{margin:0 0 8px;font-size:21px;line-height:1.3;overflow-wrap:anywhere}
.chip{display:inline-block;padding:1px 9px;border-radius:99px;background:var(--warn);border:1px solid var(--warn-line);font-size:13px;vertical-align:2px}
.bars{display:grid;gap:8px;margin:0;padding:0;list-style:none}
.bars li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 12px;font-size:14px;color:var(--muted)}
.bars .best{color:var(--text);font-weight:600}
.bars .label{overflow-wrap:anywhere}
.bars .percent{font-variant-numeric:tabular-nums}
.bar{grid-column:1/-1;height:8px;border-radius:4px;background:linear-gradient(90deg,var(--slot-0) 0 100%) no-repeat 0/calc(100%*var(--share)) 100%,var(--chip)}
.best .bar{background:linear-gradient(90deg,var(--accent) 0 100%) no-repeat 0/calc(100%*var(--share)) 100%,var(--chip)}
.muted{margin:10px 0 0;color:var(--muted);font-size:13px;overflow-wrap:anywhere}
@media (max-width:560px){
.tools{gap:10px}
button{flex:1 1 100%}
.results .card,#live{grid-template-columns:minmax(0,1fr);gap:14px}
}
`;
