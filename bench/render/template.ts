/** The template and variables of the rendering bench: a long configuration file, different for each host. */

const BLOCK = `# {{ ansible_managed | default('managed') }}: section %d of {{ inventory_hostname }}
[section_%d]
name = {{ inventory_hostname | upper }}-%d
address = {{ network.address }}:{{ base_port + %d }}
workers = {{ (memory_mb // 256) if memory_mb > 512 else 1 }}
enabled = {{ 'yes' if %d is even or features.search else 'no' }}
{% for user in users if user.active %}
user.{{ loop.index }} = {{ user.name | lower }} ({{ user.groups | join(', ') }}){{ ' # last' if loop.last }}
{% endfor %}
{% if features.cache is defined and features.cache.size_mb | int > 64 %}
cache = {{ features.cache.size_mb }}m {{ features.cache.path | default('/var/cache') }}
{% else %}
cache = none
{% endif %}
{% set total = users | map(attribute='quota') | sum %}
quota = {{ total }} / {{ '%%.2f' | format(total / 3) }}
paths = {{ paths | map('regex_replace', '^/', '') | sort | join(':') }}
options = {{ options | dictsort | map('join', '=') | join(' ') }}
{# a remark that is not printed #}
`;

/** Lines of the template. */
export const LINES = 1_000;
/** Hosts that it is rendered for. */
export const HOSTS = 500;

/** The source of the template: as many whole sections as fit, and plain lines. */
export function makeTemplate(): string {
  const size = BLOCK.split('\n').length - 1;
  const count = Math.floor(LINES / size);
  const block = (number: number): string => BLOCK.replaceAll('%d', String(number)).replaceAll('%%', '%');
  const blocks = Array.from({ length: count }, (_, number) => block(number));
  return blocks.join('') + 'plain = line\n'.repeat(LINES - count * size);
}

/** The variables of one host, as JSON has them. */
export function makeVariables(host: number): Record<string, unknown> {
  return {
    inventory_hostname: `web${host}.example.com`,
    base_port: 8000 + host,
    memory_mb: 256 * (1 + (host % 16)),
    network: { address: `10.0.${host >> 8}.${host & 255}` },
    features: { search: host % 2 === 0, cache: { size_mb: `${host % 200}` } },
    users: ['Ann', 'Bob', 'Cleo'].map((name, index) => ({
      name,
      active: index !== host % 3,
      groups: ['wheel', `team${index}`],
      quota: index * 100 + host,
    })),
    paths: ['/usr/bin', '/opt/app/bin', `/home/u${host}`],
    options: { b: host, a: 'x', c: true },
  };
}
