/** Filters and lookups of collections that are known and not there, each with what it would need. */

import type { Builtin, Lookup } from './builtin.ts';
import { filterError, lookupError } from './filter-error.ts';

const FILTERS: Readonly<Record<string, string>> = {
  from_toml: 'a reader of TOML',
  jc: 'the Python library jc',
  json_diff: 'the Python library jsonpatch',
  json_patch: 'the Python library jsonpatch',
  json_patch_recipe: 'the Python library jsonpatch',
  to_prettytable: 'the Python library prettytable',
  to_toml: 'the Python library tomlkit',
};

const COMMANDS: Readonly<Record<string, string>> = {
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

const LIBRARIES: Readonly<Record<string, string>> = {
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

const OTHERS: Readonly<Record<string, string>> = {
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

/** The filters under their full names: calling one is an error that says what is missing. */
export const unsupportedFilters: readonly (readonly [string, Builtin])[] = Object.entries(FILTERS).map(
  ([short, need]) => {
    const name = `community.general.${short}`;
    const call = (): never => {
      throw filterError(`The filter ${name} is not supported: it needs ${need}`);
    };
    return [name, { name, signature: '*args, **kwargs', call }];
  },
);

/** The lookups under all of their names. */
export const unsupportedLookups: readonly (readonly [string, Lookup])[] = [
  ...Object.entries(COMMANDS).map(([name, command]) => [name, `the command ${command}`] as const),
  ...Object.entries(LIBRARIES).map(([name, library]) => [name, `the Python library ${library}`] as const),
  ...Object.entries(OTHERS),
].flatMap(([short, need]) => {
  const name = `community.general.${short}`;
  const call = (): never => {
    throw lookupError(`The lookup ${name} is not supported: it needs ${need}`);
  };
  const names = SHORT_LOOKUPS.has(short) ? [name, short] : [name];
  return names.map((each) => [each, { name, call }] as const);
});
