#!/usr/bin/python
import json
import sys

print(json.dumps({'python': sys.version_info[0], 'args': open(sys.argv[1]).read()}))
