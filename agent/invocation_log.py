"""Writes to the target's system log what Ansible's modules write there: who reads it must find native ones too."""

import re
import syslog

_PASSWORD_NAME = re.compile(r'^(.+[-_\s])?pass([-_\s]?(word|phrase|wrd|wd)?)([-_\s].+)?$', re.I)
_PASSWORD_IN_URL = re.compile(r'(://[^\s/:@]*:)[^\s/@]*@')


def write_invocation(name, args, params, spec):
    """Log the module's arguments without what must stay secret."""
    words = ['%s=%s' % (key, _shown(key, value, spec)) for key, value in params.items()]
    facility = getattr(syslog, args.get('_ansible_syslog_facility', 'LOG_USER'), syslog.LOG_USER)
    syslog.openlog('ansible-' + name, 0, facility)
    text = ' '.join(['Invoked with'] + words) if words else 'Invoked'
    syslog.syslog(syslog.LOG_INFO, text.encode('utf-8', 'replace').decode('utf-8').replace('\0', ''))


def _shown(key, value, spec):
    no_log = spec.get(key, {}).get('no_log')
    if no_log:
        return 'NOT_LOGGING_PARAMETER'
    if no_log is None and _PASSWORD_NAME.search(key):
        return 'NOT_LOGGING_PASSWORD'
    return _PASSWORD_IN_URL.sub(r'\1********@', str(value))
