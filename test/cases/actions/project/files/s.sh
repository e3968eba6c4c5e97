#!/bin/sh
echo "hello $1 $(basename $0)"; echo err >&2; exit ${2:-0}
