#!/bin/sh
# Stands for a service: says which ports it was given.
for port in "$@"; do
  echo "listening on $port"
done
