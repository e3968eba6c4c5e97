/** The functions behind Jinja2's and Ansible's filters and tests, as Python's messages about their arguments name them. */

import type { Callee } from './bind-arguments.ts';

/** Filters whose function has the name with `do_` before it. */
const DO = new Set(
  (
    'attr batch capitalize center default dictsort filesizeformat first float forceescape format groupby indent int items ' +
    'join last list lower map max min pprint reject rejectattr replace reverse round select selectattr slice sort ' +
    'striptags sum title tojson trim truncate unvault upper urlencode urlize vault wordcount wordwrap xmlattr'
  ).split(' '),
);

/** Those of them that have a twin for asynchronous rendering. */
const SYNC = new Set('first groupby join list map reject rejectattr select selectattr slice sum'.split(' '));

/** Filters and tests that get the environment before the value. */
const WITH_ENVIRONMENT = new Set(
  (
    'attr difference extract first groupby intersect join last map max min random reject rejectattr replace select ' +
    'selectattr sort sum symmetric_difference tojson truncate union unique urlize wordwrap xmlattr filter test'
  ).split(' '),
);

const FILTERS: ReadonlyMap<string, string> = namesOf(
  'bool to_bool checksum secure_hash_s count len d do_default dict2items dict_to_list_of_dict_key_value_elements ' +
    'e markupsafe._speedups.escape escape markupsafe._speedups.escape from_json loads hash get_hash ' +
    'items2dict list_of_dict_key_value_elements_to_dict length len log logarithm md5 md5s ' +
    'password_hash get_encrypted_password pow power random rand root inversepower safe do_mark_safe sha1 secure_hash_s ' +
    'shuffle randomize_list string markupsafe._speedups.soft_str type_debug FilterModule.filters.<locals>.<lambda> ' +
    'urldecode unquote_plus urlsplit split_url win_basename basename win_dirname dirname win_splitdrive splitdrive',
);

const TESTS: ReadonlyMap<string, string> = namesOf(
  '!= ne < lt <= le == eq > gt >= ge abs isabs boolean test_boolean change changed defined test_defined directory isdir ' +
    'divisibleby test_divisibleby equalto eq escaped test_escaped even test_even failure failed false test_false ' +
    'file isfile filter test_filter float test_float greaterthan gt in test_in integer test_integer is_abs isabs ' +
    'is_dir isdir is_file isfile is_link islink is_mount ismount is_same_file samefile isnan isnotanumber ' +
    'iterable test_iterable lessthan lt link islink link_exists lexists lower test_lower mapping test_mapping ' +
    'mount ismount nan isnotanumber none test_none number test_number odd test_odd same_file samefile ' +
    'sameas test_sameas sequence test_sequence skip skipped string test_string subset issubset succeeded success ' +
    'successful success superset issuperset test test_test true test_true undefined test_undefined upper test_upper ' +
    'uri is_uri url is_url urn is_urn version version_compare',
);

/** Written in C, which has words of its own. */
const NATIVE = /^(?:abs|len|markupsafe.*|ne|lt|le|eq|gt|ge|all|any|callable)$/;

function namesOf(pairs: string): ReadonlyMap<string, string> {
  const words = pairs.split(' ');
  return new Map(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? word]] : [])));
}

/** Who is called for a filter or test. */
export function calleeOf(kind: 'filter' | 'test', name: string, signature: string): Callee {
  const renamed = (kind === 'filter' ? FILTERS : TESTS).get(name);
  const prefix = SYNC.has(name) ? 'sync_do_' : 'do_';
  const known = renamed ?? (kind === 'filter' && DO.has(name) ? prefix + name : name);
  const before = WITH_ENVIRONMENT.has(name) ? 2 : 1;
  return { name: known, signature, before, isNative: NATIVE.test(known) };
}
