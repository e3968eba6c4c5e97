#!/bin/sh
echo half >> "$1"
exit 3
