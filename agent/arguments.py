"""Checks and converts a module's arguments, with the error texts that users of Ansible know."""

import ast
import json
import os

TRUE_WORDS = ('y', 'yes', 'on', '1', 'true', 't', 1, True)
FALSE_WORDS = ('n', 'no', 'off', '0', 'false', 'f', 0, False)
INTERNAL_PREFIX = '_ansible_'


class ModuleFailure(Exception):
    """Ends a module with `failed: true`, this message and further result keys."""

    def __init__(self, msg, **result):
        Exception.__init__(self, msg)
        self.msg = msg
        self.result = result


def parse(module, spec, args, context, mutually_exclusive=(), required_together=(),
          required_one_of=(), required_if=(), required_by=None):
    """Return the checked arguments with defaults, or raise ModuleFailure with the first thing wrong.

    What was understood so far is recorded in `context.module_args` even then, as `invocation` shows it.
    """
    # What an action stands before has one name; others are called what the task calls them.
    module = module if '.' in module else args.get('_ansible_module_name', module)
    params = dict((name, value) for name, value in args.items() if not name.startswith(INTERNAL_PREFIX))
    context.module_args = params
    context.no_log_names = [name for name, rule in spec.items() if rule.get('no_log')]
    aliases = _apply_aliases(spec, params, context)
    unsupported = [name for name in params if name not in spec and name not in aliases]
    problems = _exclusive(mutually_exclusive, params)
    _set_defaults(spec, params, False)
    missing = sorted(name for name, rule in spec.items() if rule.get('required') and name not in params)
    if missing:
        problems.append('missing required arguments: %s' % ', '.join(missing))
    problems += _convert_all(spec, params)
    problems += _choices(spec, params)
    problems += _relations(params, required_together, required_one_of, required_if, required_by or {})
    _set_defaults(spec, params, True)
    if problems:
        raise ModuleFailure(problems[0])
    if unsupported:
        raise ModuleFailure(_unsupported_text(module, spec, aliases, unsupported))
    # Only where the host says that nothing is secret: a log line cannot be taken back.
    if args.get('_ansible_no_log') is False:
        from invocation_log import write_invocation
        write_invocation(module, args, params, spec)
    return params


def masked(module_args, no_log_names):
    """Return the arguments as `invocation` may show them."""
    shown = dict(module_args)
    for name in no_log_names:
        if shown.get(name):
            shown[name] = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER'
    return shown


def _apply_aliases(spec, params, context):
    aliases = {}
    for name, rule in spec.items():
        for alias in rule.get('aliases', ()):
            aliases[alias] = name
            if alias in params:
                if name in params:
                    context.warn('Both option %s and its alias %s are set.' % (name, alias))
                params[name] = params[alias]
    return aliases


def _unsupported_text(module, spec, aliases, unsupported):
    supported = ', '.join(sorted(spec))
    if aliases:
        supported += ' (%s)' % ', '.join(sorted(aliases))
    return 'Unsupported parameters for (%s) module: %s. Supported parameters include: %s.' % (
        module, ', '.join(sorted(unsupported)), supported)


def _set_defaults(spec, params, with_none):
    for name, rule in spec.items():
        default = os.environ.get(rule.get('variable', ''), rule.get('default'))
        if name not in params and (with_none or default is not None):
            params[name] = default


def _convert_all(spec, params):
    problems = []
    for name, rule in spec.items():
        value = params.get(name)
        if value is None:
            continue
        wanted = rule.get('type') or 'str'
        try:
            value = params[name] = convert(value, wanted)
        except (TypeError, ValueError) as error:
            problems.append("argument '%s' is of type %s and we were unable to convert to %s: %s" % (
                name, type(value), wanted, error))
            continue
        if rule.get('elements'):
            params[name] = _convert_elements(name, value, rule['elements'], problems)
    return problems


def _convert_elements(name, values, wanted, problems):
    converted = []
    for value in values:
        try:
            converted.append(convert(value, wanted))
        except (TypeError, ValueError) as error:
            problems.append("Elements value for option '%s' is of type %s and we were unable to convert to %s: %s" % (
                name, type(value), wanted, error))
    return converted


def _choices(spec, params):
    problems = []
    for name, rule in spec.items():
        choices = rule.get('choices')
        if choices is None or name not in params:
            continue
        value = params[name]
        shown = ', '.join(str(choice) for choice in choices)
        if isinstance(value, list):
            wrong = [str(item) for item in value if item not in choices]
            if wrong:
                problems.append('value of %s must be one or more of: %s. Got no match for: %s' % (
                    name, shown, ', '.join(wrong)))
        elif value not in choices:
            params[name] = value = _choice_of_bool(value, choices)
            if value not in choices:
                problems.append('value of %s must be one of: %s, got: %s' % (name, shown, value))
    return problems


def _choice_of_bool(value, choices):
    """Give back the word that YAML turned into a bool (`yes`, `on`), where only one choice can be meant."""
    for text, words in (('True', TRUE_WORDS), ('False', FALSE_WORDS)):
        if value == text:
            meant = [choice for choice in choices if choice in words]
            if len(meant) == 1:
                return meant[0]
    return value


def _present(terms, params):
    return [term for term in ([terms] if isinstance(terms, str) else terms) if term in params]


def _exclusive(groups, params):
    found = ['|'.join(group) for group in groups if len(_present(group, params)) > 1]
    return ['parameters are mutually exclusive: %s' % ', '.join(found)] if found else []


def _relations(params, together, one_of, conditional, by):
    problems = []
    for group in together:
        if 0 < len(_present(group, params)) < len(group):
            problems.append('parameters are required together: %s' % ', '.join(group))
            break
    for group in one_of:
        if not _present(group, params):
            problems.append('one of the following is required: %s' % ', '.join(group))
            break
    problems += _conditional(params, conditional)
    for name, needed in by.items():
        missing = [] if params.get(name) is None else [
            need for need in ([needed] if isinstance(needed, str) else needed) if params.get(need) is None]
        if missing:
            problems.append("missing parameter(s) required by '%s': %s" % (name, ', '.join(missing)))
            break
    return problems


def _conditional(params, rules):
    for rule in rules:
        name, value, needed = rule[:3]
        any_of = len(rule) > 3 and rule[3]
        missing = [need for need in needed if need not in params]
        if params.get(name) == value and name in params and missing and (not any_of or len(missing) == len(needed)):
            return ['%s is %s but %s of the following are missing: %s' % (
                name, value, 'any' if any_of else 'all', ', '.join(missing))]
    return []


def convert(value, wanted):
    """Return the value as the wanted type, or raise TypeError with Ansible's text."""
    return _CONVERTERS[wanted](value)


def _to_str(value):
    return value if isinstance(value, str) else str(value)


def to_bool(value):
    """Return the truth that a word, number or bool stands for."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, (str, int, float)):
        raise TypeError('%s cannot be converted to a bool' % type(value))
    word = value.lower().strip() if isinstance(value, str) else value
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise TypeError("The value '%s' is not a valid boolean.  Valid booleans include: %s" % (
        value, ', '.join(repr(word) for word in TRUE_WORDS[:-1] + FALSE_WORDS[:-1])))


def _to_int(value):
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            pass
    raise TypeError('%s cannot be converted to an int' % type(value))


def _to_float(value):
    if isinstance(value, float):
        return value
    if isinstance(value, (str, int)):
        try:
            return float(value)
        except ValueError:
            pass
    raise TypeError('%s cannot be converted to a float' % type(value))


def _to_list(value):
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return value.split(',')
    if isinstance(value, (int, float)):
        return [str(value)]
    raise TypeError('%s cannot be converted to a list' % type(value))


def _to_dict(value):
    if isinstance(value, dict):
        return value
    if not isinstance(value, str):
        raise TypeError('%s cannot be converted to a dict' % type(value))
    if value.startswith('{'):
        try:
            return json.loads(value)
        except ValueError:
            try:
                return ast.literal_eval(value)
            except (ValueError, SyntaxError):
                raise TypeError('unable to evaluate string as dictionary')
    if '=' not in value:
        raise TypeError('dictionary requested, could not parse JSON or key=value')
    return dict(word.split('=', 1) for word in _words(value.strip()))


def _words(text):
    """Split at commas and blanks outside quotes; a backslash keeps the next character."""
    words, word, quote, escaped = [], '', None, False
    for char in text + ' ':
        if escaped:
            word, escaped = word + char, False
        elif char == '\\':
            escaped = True
        elif not quote and char in '\'"':
            quote = char
        elif quote == char:
            quote = None
        elif not quote and char in ', ':
            words.append(word)
            word = ''
        else:
            word += char
    return [word for word in words + [word.rstrip()] if word]


def _to_path(value):
    return os.path.expanduser(os.path.expandvars(_to_str(value)))


def _to_json_text(value):
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value)
    raise TypeError('%s cannot be converted to a json string' % type(value))


_CONVERTERS = {
    'str': _to_str, 'bool': to_bool, 'int': _to_int, 'float': _to_float, 'list': _to_list, 'dict': _to_dict,
    'path': _to_path, 'raw': lambda value: value, 'jsonarg': _to_json_text, 'json': _to_json_text,
}
