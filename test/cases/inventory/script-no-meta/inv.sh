#!/bin/sh
if [ "$1" = --host ]; then echo "{\"asked\": \"$2\"}"; else echo '{"web": ["a", "b"]}'; fi
