/** The output of a run without what differs from one run to the next: times, temporary files, the order of hosts. */

/** Banners stay where they are; under each banner the hosts' results are sorted. */
export function normalOutput(output: string): string[] {
  const timeless = output
    .replaceAll(/"(delta|start|end)": "[^"]*"/g, '"$1": "TIME"')
    // Ansible names the temporary file that it rendered to, Sortie names the template, or says `content`.
    .replaceAll(/^\+\+\+ after: .*\/ansible-local[^/]*\/.*$/gm, '+++ after: SOURCE')
    .replaceAll(
      /^(included: .* for )([^=\n]*)/gm,
      (_line, before: string, hosts: string) => before + hosts.trimEnd().split(', ').sort().join(', '),
    )
    .replaceAll(/^\+\+\+ after: (content|.*\.j2)$/gm, '+++ after: SOURCE');
  return timeless.split(/\n(?=TASK \[|PLAY \[|RUNNING HANDLER \[|PLAY RECAP)/).flatMap((block) => {
    const [banner = '', ...lines] = block.split('\n');
    return [banner, ...results(lines.join('\n')).sort()];
  });
}

/** A diff belongs to the result that follows it. */
function results(text: string): string[] {
  const pieces = text.split(/^(?=(?:ok|changed|skipping|fatal|failed|included): |--- )/m);
  const found: string[] = [];
  let diff = '';
  for (const piece of pieces) {
    if (piece.startsWith('--- ')) diff += piece;
    else {
      found.push(diff + piece);
      diff = '';
    }
  }
  return found;
}
