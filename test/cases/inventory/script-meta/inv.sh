#!/bin/sh
cat <<'END'
{"web": {"hosts": ["a", "b"], "vars": {"v": 1.5}, "children": ["kid"]}, "short": ["c"], "kid": {"hosts": []},
 "single": {"x": 1}, "_meta": {"hostvars": {"a": {"n": null, "t": "{{ t }}", "l": [1, "2"]}, "zzz": {"q": 1}}}}
END
