#!/usr/bin/env bash
# The main job from end to end on ftops' own training server: no key, no cost, about two minutes.
set -euo pipefail
ftops=${1:-ftops}
cd "$(dirname "$0")/.."

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then bold=$'\e[1m' plain=$'\e[0m'; fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
run() {
  printf '\n$ ftops'
  printf ' %q' "$@"
  printf '\n'
  "$ftops" "$@"
}

if [ -d .ftops/targets/local ]; then
  say "The models of an earlier demo are still here; \`rm -rf .ftops\` starts afresh."
fi
say "1. What is declared, what it would cost, and why"
run --target local plan
say "2. Train it for real, on this machine"
run --target local apply --yes
say "3. The records: one lock per spec (a rehearsal keeps them out of the repository)"
ls -l .ftops/targets/local/*.lock
sed -n '1,8p' .ftops/targets/local/support-bot.lock
say "4. The loss it really had"
run --target local metrics support-bot
say "5. Nothing is left to do"
run --target local plan
say "6. Ask the model something its training data answers"
run --target local test support-bot "How do I reset my password?"
"$ftops" local down >/dev/null
