#!/bin/sh
printf "\$ANSIBLE_VAULT;1.1;AES256\n3132\n" > "$1"
