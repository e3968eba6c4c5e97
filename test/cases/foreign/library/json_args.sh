#!/bin/sh
cat <<'END'
{"args": <<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>, "words": 0}
END
