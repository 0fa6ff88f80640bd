#!/bin/sh
# What the command line answers on the sample data: each command is printed, then run.
#
#   command_line_examples.sh PHENIX DIRECTORY
set -eu
phenix=$1
data=$2

# show 'WHAT IT DOES' ARGUMENTS...
show() {
  printf '\n# %s\nphenix' "$1"
  shift
  for word in "$@"; do
    case "$word" in
      *[!A-Za-z0-9_./:-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  "$phenix" "$@" | cut -c 1-150
}

dog=wn-n-02084071
show 'one word sense' get "$data" "$dog" -c wordnet
show 'the nearest word senses to "dog"' \
  query "$data" -c wordnet --vector-of "$dog" -k 5
show 'the nearest ones that are food' \
  query "$data" -c wordnet --vector-of "$dog" -k 5 --filter '{"lexfile": "noun.food"}'
show 'the nearest ones that are a kind of hunting dog' \
  query "$data" -c wordnet --vector-of "$dog" -k 5 \
  --filter '{"$edge": {"out": "hypernym", "to": {"lemmas": {"$contains": "hunting dog"}}}}'
show 'what "dog" is a kind of' edge list "$data" "$dog" -c wordnet --label hypernym
show 'how many verbs there are' count "$data" -c wordnet --filter '{"pos": "verb"}'
show 'is the log what was signed?' verify "$data"
