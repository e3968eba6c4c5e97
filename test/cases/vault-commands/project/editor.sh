#!/bin/sh
# Puts a line at the end of a file, as a person would.
[ "$1" = --twice ] && { shift; echo again >> "$1"; }
echo "edited $#" >> "$1"
