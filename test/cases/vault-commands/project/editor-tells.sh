#!/bin/sh
echo "${1##*.}"; stat -c "%a" "$1"
echo x > "$1"
