#!/bin/sh
echo "asked with [$*]" >&2
echo two
