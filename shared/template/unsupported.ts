/** Filters and lookups of collections that are known and not there, each with what it would need. */

import type { Builtin, Lookup } from './builtin.ts';
import { filterError, lookupError } from './filter-error.ts';

type Needs = Readonly<Record<string, string>>;

const FILTERS: Needs = {
  'ansible.utils.fact_diff': 'the plugin for differences of the collection',
  'ansible.utils.validate': 'the Python library jsonschema',
  'community.general.from_toml': 'a reader of TOML',
  'community.general.jc': 'the Python library jc',
  'community.general.to_toml': 'the Python library tomlkit',
};

const TESTS: Needs = {
  'ansible.utils.validate': 'the Python library jsonschema',
  'community.general.a_module': 'the modules of a control node',
};

const COMMANDS: Needs = {
  bitwarden: 'bw',
  bitwarden_secrets_manager: 'bws',
  hiera: 'hiera',
  lastpass: 'lpass',
  onepassword: 'op',
  onepassword_doc: 'op',
  onepassword_raw: 'op',
  onepassword_ssh_key: 'op',
  passwordstore: 'pass',
  proton_pass: 'pass-cli',
};

const LIBRARIES: Needs = {
  chef_databag: 'pychef',
  consul_kv: 'python-consul',
  credstash: 'credstash',
  dig: 'dnspython',
  dnstxt: 'dnspython',
  dsv: 'python-dsv-sdk',
  etcd3: 'etcd3',
  github_app_access_token: 'jwt',
  keyring: 'keyring',
  lmdb_kv: 'lmdb',
  random_pet: 'petname',
  random_words: 'xkcdpass',
  redis: 'redis',
  revbitspss: 'revbits_ansible',
  shelvefile: 'shelve',
  tss: 'python-tss-sdk',
};

const OTHERS: Needs = {
  'ansible.utils.validate': 'the Python library jsonschema',
  collection_version: 'the collections of a control node',
  cyberarkpassword: 'the CyberArk AIM tool',
  etcd: 'an etcd server',
  manifold: 'the Manifold API',
};

/** Ansible knows these without the collection's name as well. */
const SHORT_LOOKUPS = new Set(
  (
    'chef_databag consul_kv credstash cyberarkpassword dig dnstxt etcd hiera keyring lastpass lmdb_kv manifold ' +
    'onepassword onepassword_raw passwordstore redis shelvefile'
  ).split(' '),
);

/** The filters: calling one is an error that says what is missing. */
export const unsupportedFilters: readonly (readonly [string, Builtin])[] = refusing('filter', FILTERS);

/** The tests, likewise. */
export const unsupportedTests: readonly (readonly [string, Builtin])[] = refusing('test', TESTS);

function refusing(kind: 'filter' | 'test', needs: Needs): [string, Builtin][] {
  return Object.entries(needs).map(([name, need]) => {
    const call = (): never => {
      throw filterError(`The ${kind} ${name} is not supported: it needs ${need}`);
    };
    return [name, { name, signature: '*args, **kwargs', call }];
  });
}

/** The lookups under all of their names. */
export const unsupportedLookups: readonly (readonly [string, Lookup])[] = [
  ...Object.entries(COMMANDS).map(([name, command]) => [name, `the command ${command}`] as const),
  ...Object.entries(LIBRARIES).map(([name, library]) => [name, `the Python library ${library}`] as const),
  ...Object.entries(OTHERS),
].flatMap(([short, need]) => {
  const name = short.includes('.') ? short : `community.general.${short}`;
  const call = (): never => {
    throw lookupError(`The lookup ${name} is not supported: it needs ${need}`);
  };
  const names = SHORT_LOOKUPS.has(short) ? [name, short] : [name];
  return names.map((each) => [each, { name, call }] as const);
});
