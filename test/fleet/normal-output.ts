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

/** A diff, and the notice of an exception, belong to the result that follows. */
function results(text: string): string[] {
  const pieces = text.split(
    /^(?=(?:ok|changed|skipping|fatal|failed|included): |--- |An exception occurred)/m,
  );
  const found: string[] = [];
  let ahead = '';
  for (const piece of pieces) {
    if (/^(--- |An exception)/.test(piece)) ahead += piece;
    else {
      found.push(ahead + piece);
      ahead = '';
    }
  }
  return found;
}
