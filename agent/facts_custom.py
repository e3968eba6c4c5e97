"""Facts that others provide: files and programs in `fact_path`, Facter, Ohai."""

import json
import os
import stat

from arguments import ModuleFailure


def local(host, _facts):
    """Return what the `.fact` files of `fact_path` say, each under its name; a bad one is a warning."""
    place = host.fact_path
    names = sorted(name for name in host.names(place) if name.endswith('.fact') and name[0] != '.') if place else []
    facts = {}
    for name in names:
        try:
            facts[name.replace('.fact', '')] = _parsed('%s/%s' % (place, name), _content(host, '%s/%s' % (place, name)))
        except _Bad as bad:
            facts[name.replace('.fact', '')] = str(bad)
            host.warn(str(bad))
    return {'local': facts}


class _Bad(Exception):
    """Says why a file gives no facts."""


def _content(host, path):
    """Return an executable's output or a file's text."""
    try:
        mode = os.stat(host.path(path)).st_mode
    except OSError as error:
        raise _Bad('Could not stat fact (%s): %s' % (path, error))
    if not mode & stat.S_IXUSR:
        return host.text(path, '')
    try:
        code, out, err = host.run(host.path(path))
    except OSError as error:
        raise ModuleFailure('[Errno %d] %s: %r' % (error.errno, error.strerror, os.fsencode(path)),
                            rc=error.errno, cmd=path, stdout='', stderr='')
    if code != 0:
        raise _Bad('Failure executing fact script (%s), rc: %s, err: %s' % (path, code, err))
    return out


def _parsed(path, text):
    try:
        return json.loads(text)
    except ValueError:
        pass
    import configparser
    parser = configparser.ConfigParser()
    try:
        parser.read_string(text)
        return dict((section, dict(parser.items(section))) for section in parser.sections())
    except configparser.Error:
        raise _Bad('error loading facts as JSON or ini - please check content: %s' % path)


def facter(host, _facts):
    """Return Puppet's facts, when Facter is installed."""
    place = ('/opt/puppetlabs/bin',)
    program = host.program('cfacter', place) or host.program('facter', place)
    if program is None:
        return {}
    return _object(host, program, '--puppet', '--json') or _object(host, program, '--json')


def ohai(host, _facts):
    """Return Chef's facts, when Ohai is installed."""
    program = host.program('ohai')
    return _object(host, program) if program else {}


def _object(host, program, *arguments):
    code, out, _ = host.run(program, *arguments)
    try:
        return json.loads(out) if code == 0 else {}
    except ValueError:
        return {}
