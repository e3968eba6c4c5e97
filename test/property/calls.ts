/** All filters, tests, methods and pure lookups, with arguments that fit: `§` stands for any value, `§i` for an int and so on. */

import type { Kind } from './values.ts';

/** Something to call on a value of a kind: how it is written, and the ways to give arguments. */
export type Called = { readonly name: string; readonly kind: Kind; readonly ways: readonly string[] };

/** Lines of `name  way  way …`, under the kind of value that they take. */
function table(kinds: Readonly<Partial<Record<Kind, string>>>): readonly Called[] {
  return Object.entries(kinds).flatMap(([kind, lines]) =>
    lines
      .trim()
      .split(/\n\s*/)
      .map((line) => {
        const [name = '', ...ways] = line.trim().split(/ {2,}/);
        return { name, kind: asKind(kind), ways: ways.length === 0 ? [''] : ways };
      }),
  );
}

const KIND_NAMES: readonly Kind[] = ['int', 'float', 'str', 'list', 'dict', 'bool', 'any'];

function asKind(name: string): Kind {
  return KIND_NAMES.find((kind) => kind === name) ?? 'any';
}

/** Left out: what draws random numbers without a seed, looks at the machine, or takes long (vault, password_hash). */
export const FILTER_CALLS: readonly Called[] = table({
  any: `
    bool
    d    (§)    (§, true)
    default    (§)    (§, true)    (§, boolean=false)
    e
    escape
    float    (§)
    forceescape
    int    (§i)    (§, 16)    (base=2)
    list
    mandatory    (msg='gone')
    pprint
    safe
    string
    ternary    (§, §)    (§, §, §)
    to_json    (indent=2)    (sort_keys=true)    (ensure_ascii=false)    (separators=(",", ":"))
    to_nice_json    (2)    (indent=1, sort_keys=false)
    to_nice_yaml    (2)    (indent=3)    (sort_keys=false)
    to_yaml    (indent=4)    (default_flow_style=false)    (explicit_start=true)    (width=20)    (default_style='"')
    tojson    (2)
    type_debug
    urlencode
  `,
  int: `
    abs
    filesizeformat    (true)
    human_readable    (isbits=true)    (unit="K")
    log    (2)    (10)
    pow    (2)    (§i)
    random    (seed=1)    (1, seed=§i)    (start=2, step=3, seed="x")
    root    (3)
  `,
  float: `
    round    (1)    (§i)    (0, 'floor')    (1, 'ceil')    (method='common')
  `,
  str: `
    b64decode
    b64encode    ('latin-1')
    basename
    capitalize
    center    (9)    (§i)
    checksum
    comment    ('c')    ('erlang')    ('cblock')    ('xml')    (decoration='! ')    ('plain', prefix='##', postfix='#')
    dirname
    expanduser
    format    (§)    (§, §)    (a=§)
    from_json
    from_yaml
    from_yaml_all
    hash    ('md5')    ('sha256')    ('sha512')    ('blake2b')
    human_to_bytes    ('K')    (isbits=true)
    indent    (2)    (2, true)    ('> ')    (width=1, blank=true)
    length
    lower
    md5
    path_join
    quote
    regex_escape    ('posix_basic')
    regex_findall    ('[a-z]')    ('(.)(.)')    ('^.', multiline=true)    ('A', ignorecase=true)
    regex_replace    ('a', 'b')    ('(.)', '\\\\1\\\\1')    ('(?P<n>[a-z])', '<\\\\g<n>>')    ('A', '', ignorecase=true)    ('^', '-', multiline=true)    ('.', 'x', count=1)
    regex_search    ('[a-z]+')    ('(.)(.)', '\\\\1', '\\\\2')    ('(?P<n>.)', '\\\\g<n>')    ('B', ignorecase=true)
    replace    (§s, §s)    ('a', §s, 1)
    reverse
    sha1
    split    (§s)    (',', 1)
    splitext
    strftime    (0)    (§i)    (1.5)
    striptags
    title
    to_datetime    ('%d')    ('%Y')
    to_uuid    (namespace='11111111-2222-3333-4444-555555555555')
    trim    (§s)    ('ab')
    truncate    (5)    (5, true, '')    (4, leeway=0)    (§i, §)
    upper
    urldecode
    urlize    (3)    (nofollow=true)    (target='_blank')
    urlsplit    ('path')    ('scheme')    ('hostname')
    win_basename
    win_dirname
    win_splitdrive
    wordcount
    wordwrap    (4)    (3, false)    (5, wrapstring='|')
  `,
  list: `
    batch    (2)    (3, §)
    combinations    (2)
    count
    difference    (§l)
    extract    (d)    ([4, 5, 6])
    first
    flatten    (1)    (levels=1)    (skip_nulls=false)
    groupby    ('name')    (0)    ('on', default=§)
    intersect    (§l)
    items2dict    ('a', 'b')    (key_name='name', value_name='uid')
    join    (',')    (§s)    (§s, attribute='name')
    last
    map    ('string')    ('upper')    ('int')    (attribute='name')    (attribute='a.b', default=§)    ('default', §)    ('regex_replace', 'a', 'b')
    max    (attribute='uid')    (case_sensitive=true)
    min    (attribute='uid')    (case_sensitive=true)
    permutations    (2)
    product    (§l)
    reject    ('none')    ('string')    ('equalto', §)    ()
    rejectattr    ('on')    ('uid', 'gt', 1)
    rekey_on_member    ('name')    ('a', duplicates='overwrite')
    select    ('string')    ('gt', 1)    ('in', §l)    ()
    selectattr    ('on')    ('uid', 'eq', §i)    ('name', 'defined')
    shuffle    (seed=3)    (seed='x')
    slice    (2)    (3, §)
    sort    (reverse=true)    (case_sensitive=true)    (attribute='uid')    (attribute='name,uid')
    subelements    ('a')    ('zz', skip_missing=true)
    sum    (start=§)    (attribute='uid')
    symmetric_difference    (§l)
    union    (§l)
    unique    (case_sensitive=true)    (attribute='uid')
    zip    (§l)    (§l, §l)
    zip_longest    (§l)    (§l, fillvalue=§)
  `,
  dict: `
    attr    ('a')    ('zz')
    combine    (§d)    (§d, recursive=true)    (§d, list_merge='append')    (§d, recursive=true, list_merge='prepend_rp')
    dict2items    (key_name='k', value_name='v')
    dictsort    (true)    (by='value')    (reverse=true)
    items
    xmlattr    (false)
  `,
});

/** Left out: those that look at files. */
export const TEST_CALLS: readonly Called[] = table({
  any: `
    !=    (§)
    ==    (§)
    any
    all
    boolean
    callable
    defined
    eq    (§)
    equalto    (§)
    escaped
    false
    falsy    (convert_bool=true)
    filter
    float
    in    (§l)    ([1, 'a', none])
    integer
    is_abs
    iterable
    mapping
    ne    (§)
    none
    number
    sameas    (none)    (§)
    sequence
    string
    test
    true
    truthy    (convert_bool=true)
    undefined
    vault_encrypted
  `,
  int: `
    <    (§i)
    <=    (2)
    >    (1)
    >=    (§i)
    divisibleby    (3)    3    (§i)
    even
    ge    (§i)
    greaterthan    (§i)
    gt    (1)
    isnan
    le    (§i)
    lessthan    (2)
    lt    (§i)
    nan
    odd
  `,
  str: `
    abs
    contains    ('a')    (§)
    lower
    match    ('a')    ('.', ignorecase=true)
    regex    ('^[a-z]+$')    ('B', multiline=true)
    search    ('b')    ('^x', multiline=true)
    upper
    uri    (['http'])
    url
    urn
    version    ('1.0', '>=')    ('2', 'lt')    ('1.0', strict=true)
    version_compare    ('1', '!=')
  `,
  list: `
    issubset    (§l)
    issuperset    (§l)
    subset    ([1, 2, 3])
    superset    (§l)
  `,
  dict: `
    change
    changed
    failed
    failure
    finished
    reachable
    skip
    skipped
    started
    succeeded
    success
    successful
    unreachable
  `,
});

/** Methods: after a value of the kind when they begin with a dot, else after what is written. */
export const METHOD_CALLS: readonly Called[] = table({
  str: `
    .capitalize    ()
    .casefold    ()
    .center    (9)    (§i, '*')
    .count    (§s)    ('a', 1)    ('', 0, -1)
    .encode    ()    ('latin-1', 'replace')    ('ascii', 'xmlcharrefreplace')    (errors='ignore')
    .endswith    (§s)    (('a', 'b'))    ('a', 0, 1)
    .expandtabs    ()    (3)    (tabsize=§i)
    .find    (§s)    (§s, 1)    ('', §i)
    .format    (§, §)    (a=§)
    .format_map    (§d)
    .index    (§s)    ('a', -2)
    .isalnum    ()
    .isalpha    ()
    .isascii    ()
    .isdecimal    ()
    .isdigit    ()
    .isidentifier    ()
    .islower    ()
    .isnumeric    ()
    .isprintable    ()
    .isspace    ()
    .istitle    ()
    .isupper    ()
    .join    (texts)    (§l)    (§s)
    .ljust    (6)    (§i, '.')
    .lower    ()
    .lstrip    ()    (§s)
    .maketrans    ('ab', 'xy')    ({'a': none})    ('a', 'b', 'c')
    .partition    (§s)
    .removeprefix    (§s)
    .removesuffix    (§s)
    .replace    (§s, §s)    ('', §s)    ('a', §s, 1)
    .rfind    (§s)    (§s, 1)
    .rindex    (§s)
    .rjust    (7)    (§i, '<')
    .rpartition    (§s)
    .rsplit    ()    (§s)    (none, 1)    (sep=' ', maxsplit=§i)
    .rstrip    ()    (§s)
    .split    ()    (§s)    (§s, 1)    (maxsplit=1)
    .splitlines    ()    (true)    (keepends=true)
    .startswith    (§s)    (('a', 'b'))    (§s, 1)
    .strip    ()    (§s)
    .swapcase    ()
    .title    ()
    .translate    ({97: 'b', 98: none})    ({120: 65})
    .upper    ()
    .zfill    (5)    (§i)
    .encode().capitalize    ()
    .encode().decode    ()    ('latin-1')    (errors='ignore')
    .encode().find    ('a'.encode())    (97)
    .encode().hex    ()    (':')    ('-', 2)
    .encode().isalpha    ()
    .encode().join    ([])
    .encode().replace    ('a'.encode(), 'b'.encode())
    .encode().split    ()    ('a'.encode())
    .encode().startswith    ('a'.encode())
    .encode().strip    ()
    .encode().upper    ()
  `,
  list: `
    .append    (§)
    .clear    ()
    .copy    ()
    .count    (§)
    .extend    (§l)
    .index    (§)    (§, 1)    (§, 0, 2)
    .insert    (0, §)    (§i, §)
    .pop    ()    (0)    (§i)
    .remove    (§)
    .reverse    ()
    .sort    ()    (reverse=true)
  `,
  dict: `
    .clear    ()
    .copy    ()
    .fromkeys    (§l)    ('ab', §)
    .get    (§)    (§s, §)
    .items    ()
    .keys    ()
    .pop    (§s)    (§s, §)
    .popitem    ()
    .setdefault    (§s)    (§s, §)
    .update    (§d)    (a=§)    ([['a', §]])
    .values    ()
  `,
  int: `
    .as_integer_ratio    ()
    .bit_count    ()
    .bit_length    ()
    .conjugate    ()
    .real
    .numerator
  `,
  float: `
    .as_integer_ratio    ()
    .hex    ()
    .is_integer    ()
    .imag
  `,
  any: `
    (1, 2, 1).count    (1)    (§)
    (3, 'a').index    (§)    ('a', 1)
    range(9).index    (§i)
    range(1, 9, 2).count    (§)
  `,
});

/** Sets come out of the filters over two texts; their order is not told, so it is not looked at. */
export const SET_CALLS: readonly Called[] = table({
  str: `
    copy    ()|sort(case_sensitive=true)
    difference    (§s)|sort(case_sensitive=true)    ('a', 'b')|length
    intersection    (§s)|sort(case_sensitive=true)
    isdisjoint    (§s)
    issubset    (§s)    (§l)
    issuperset    (§s)
    symmetric_difference    (§s)|sort(case_sensitive=true)
    union    (§s)|length    (§l, 'a')|length
    add    (§)
    discard    (§s)
    remove    ('zz')
    update    (§s)
  `,
});

/** Lookups that look at nothing but their terms and variables. */
export const LOOKUPS: readonly string[] = [
  "'items', §l",
  "'items', §l, wantlist=true",
  "'list', §l, §",
  "'dict', §d",
  "'indexed_items', §l",
  "'nested', §l, §l",
  "'together', §l, §l",
  "'subelements', users, 'name'",
  "'sequence', 'start=1 end=4'",
  "'sequence', '2-8/2:x%02d'",
  "'sequence', 'count=3'",
  "'vars', 'i', 's'",
  "'vars', 'zz', default=§",
  "'varnames', '^no'",
  "'nosuch', §",
  "'items', §l, errors='ignore'",
];
