#!/bin/sh
# Starts the server on the sample data, shows what five requests answer, and goes on serving until
# it is interrupted. Each request is printed as it can be pasted.
#
#   serve_examples.sh PHENIX DIRECTORY [--once] [SERVE OPTIONS]...
#
# --once ends after the examples. The port is PHENIX_DB_HTTP_PORT, 8080 if unset.
set -eu
phenix=$1
data=$2
shift 2
once=0
if [ "${1:-}" = --once ]; then once=1; shift; fi
export PHENIX_DB_HTTP_PORT="${PHENIX_DB_HTTP_PORT:-8080}"
url=http://localhost:$PHENIX_DB_HTTP_PORT
requests=$data.requests

"$phenix" serve --data "$data" "$@" 2>"$data.events.jsonl" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
trap 'exit 0' INT TERM

waited=0
until curl -fs "$url/readyz" >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || { cat "$data.events.jsonl" >&2; exit 1; }
  waited=$((waited + 1))
  [ "$waited" -lt 300 ] || { echo "not ready after 60 s" >&2; exit 1; }
  sleep 0.2
done

# Entities one below the other, and no line longer than a screen is wide.
readable() { sed 's/\({"entities":\[\|},\){"id"/\1\n  {"id"/g' | cut -c 1-160; }

# show 'WHAT IT DOES' PATH [BODY | @FILE]
show() {
  printf '\n# %s\n' "$1"
  if [ $# -eq 2 ]; then
    printf "curl -s '%s'\n" "$url$2"
    curl -fsS "$url$2" | readable
  else
    printf "curl -s %s -H 'Content-Type: application/json' -d '%s'\n" "$url$2" "$3"
    curl -fsS "$url$2" -H 'Content-Type: application/json' -d "$3" | readable
  fi
}

# nearest FILE MORE: the body of a query for what is nearest to "dog", with more conditions.
nearest() {
  printf '{"collection": "wordnet", "vector_similarity": {"vector": %s, "k": 3}%s}\n' "$vector" "$2" \
    >"$requests/$1"
}

dog=wn-n-02084071
vector=$(curl -fsS "$url/entities/$dog?collection=wordnet&include=vectors" |
  sed -n 's/.*"vector":\(\[[^]]*\]\).*/\1/p')
mkdir -p "$requests"
nearest nearest.json ''
nearest nearest-food.json ', "metadata_filter": {"lexfile": "noun.food"}'
nearest nearest-hunting-dog.json ', "graph_constraint": "<hypernym:wn-n-02087122"'

show 'a word sense: document and version' "/entities/$dog?collection=wordnet"
show 'the three nearest to "dog"' /query "@$requests/nearest.json"
show 'the three nearest that are food' /query "@$requests/nearest-food.json"
show 'the three nearest among the kinds of hunting dog' /query "@$requests/nearest-hunting-dog.json"
show 'a transaction: two entities and the edge between them, or nothing' /tx/run \
  '{"operations": [{"put": {"id": "rex", "metadata": {"name": "Rex"}}}, {"put": {"id": "ann", "metadata": {"name": "Ann"}, "edges": [{"label": "owns", "target": "rex"}]}}]}'

if [ "$once" = 1 ]; then
  kill "$server"
  wait "$server" || { echo "the server did not end in good order" >&2; exit 1; }
  trap - EXIT
  exit 0
fi
printf '\nready: %s serves until you press Ctrl-C; its events go to %s\n' "$url" "$data.events.jsonl"
wait "$server"
