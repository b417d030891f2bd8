"""The style sheet of the page: for a phone, a desktop and paper. It names no resource."""

SHEET = """
:root { color-scheme: light;
  --ink: #1b1f24; --soft: #59636e; --rule: #d0d7de; --good: #0072b2; --bad: #b3400e }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC",
  sans-serif }
h1 { font-size: 1.6rem; margin: 0 }
h2 { font-size: 1.15rem; margin: 0 0 .5rem }
p { margin: .3rem 0 }
.note, header p { color: var(--soft); font-size: .875rem; max-width: 60rem }
section { border-top: 1px solid var(--rule); margin-top: 1.5rem; padding-top: 1rem }
.attention { margin-top: .75rem; border: 1px solid var(--bad); border-left-width: 6px; border-radius: 4px;
  padding: .75rem 1rem }
.attention.calm { border-color: var(--good) }
.attention ul { margin: 0; padding-left: 1.2rem; overflow-wrap: anywhere }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0 }
.cards div { border: 1px solid var(--rule); border-radius: 4px; padding: .5rem .75rem }
.cards dt { color: var(--soft); font-size: .875rem }
.cards dd { margin: 0; font-size: 1.35rem; font-variant-numeric: tabular-nums }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem;
  align-items: start }
figure { margin: .5rem 0; max-width: 42rem }
figcaption { font-size: .9rem; font-weight: 600 }
.legend { display: block; font-weight: 400; font-size: .8125rem; color: var(--soft) }
.entry { display: inline-block; margin-right: 1rem; overflow-wrap: anywhere }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .35em; background: currentColor }
.key.limit { height: 0; background: none; border-top: 2px dashed; vertical-align: middle; width: 1.4em }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .875rem }
caption { text-align: left; font-weight: 600; font-size: .9rem; padding-bottom: .25rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: anywhere }
th { color: var(--soft); font-weight: 600; overflow-wrap: normal }
.figure { text-align: right; font-variant-numeric: tabular-nums } th.figure, td.figure { padding-right: 1.2rem }
td.figure { white-space: nowrap }
svg { display: block; width: 100%; height: auto; overflow: visible }
svg text { font-size: 12px; fill: var(--soft); stroke: none }
svg .axis.x text { text-anchor: middle } svg .axis.y text { text-anchor: end }
svg .background { fill: none } svg .axis path { fill: none; stroke: var(--rule) }
svg .axis.x .guide { stroke: none } svg .axis.x text:not(.major), svg .axis.y text:empty { display: none }
svg .line { stroke-width: 1.7; stroke-linejoin: round } svg .nofill { fill: none }
svg .serie-0 .line { stroke-width: 4.5 } svg .serie-1 .line { stroke-width: 3 }
svg .bar rect { stroke: #fff; stroke-width: .4 }
svg .limit .line { stroke-dasharray: 6 4; stroke-width: 1.4 } svg .limit .dot { display: none }
.color-0 { color: #0072b2 } .color-1 { color: #e69f00 } .color-2 { color: #c2410c } .color-3 { color: #009e73 }
.color-4 { color: #8250a8 } .color-5 { color: #56b4e9 } .color-6 { color: #6e7781 } .color-7 { color: #1b1f24 }
.key.limit, svg .limit { color: #1b1f24 }
svg .series .line, svg .series .dot, svg .series rect { stroke: currentColor }
svg .series .dot, svg .series rect { fill: currentColor }
@media (max-width: 40rem) {
  body { padding: .75rem }
  svg text { font-size: 14px }
  table.long thead { display: none }
  table.long, table.long caption, table.long tbody, table.long tr, table.long td { display: block }
  table.long tr { border-bottom: 1px solid var(--rule); padding: .4rem 0 }
  table.long td, table.long td.figure { border: 0; padding: .05rem 0; text-align: left; white-space: normal }
  table.long td::before { content: attr(data-label) ": "; color: var(--soft) }
  table.short { font-size: .75rem }
  table.short th.figure, table.short td, table.short td.figure { padding-right: .4rem }
  table.short th { font-size: .7rem }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt } @page { margin: 14mm }
  figure, tr, p, .attention, .cards { break-inside: avoid } h2, h2 + .note, caption, thead { break-after: avoid }
  table { font-size: 8pt } section > figure { max-width: 50% }
  .charts { grid-template-columns: 1fr 1fr } thead { display: table-header-group }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
"""
