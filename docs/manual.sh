#!/bin/bash
# Renders man/ for readers on the web, in docs/manual/:  docs/manual.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-docs/manual}
mkdir -p "$folder"
for page in man/*.[1-8]; do
    mandoc -Thtml -O 'man=%N.%S.html,style=style.css' "$page" >"$folder/$(basename "$page").html"
done
cat >"$folder/style.css" <<'CSS'
body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif }
table.head, table.foot { width: 100% }
td.head-vol { text-align: center }
td.head-rtitle, td.foot-os { text-align: right }
h1 { font-size: 1.2rem; margin-top: 2rem }
h2 { font-size: 1rem }
pre, code, var { font-family: monospace }
pre { padding: .6rem; background: #f4f4f4; overflow-x: auto }
dd { margin-bottom: .6rem }
section.Sh { margin-left: 0 }
CSS
