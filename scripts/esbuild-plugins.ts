/** What the bundles leave out of ssh2, and how the agent gets into a function: plugins of esbuild. */

import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** Native add-ons of ssh2 bring no speed and cannot be bundled: requiring one fails, and ssh2 goes on without. */
export const withoutNativeAddons: Plugin = {
  name: 'without-native-addons',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /(\.node$|^cpu-features$)/ }, ({ path }) => ({ path, namespace: 'native-addon' }));
    onLoad({ filter: /.*/, namespace: 'native-addon' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not bundled`)});`,
    }));
  },
};

/**
 * Parts of ssh2 that its index loads and nothing here asks for: agents for `http` and the server. Left out, the first
 * connection of a run does not wait for Node's HTTP and TLS to load.
 */
export const withoutUnusedSsh: Plugin = {
  name: 'without-unused-ssh',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/](http-agents|server)\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** Replaces `functions/host/agent-files.ts`, which reads the built agent from disk, by the agent itself. */
export function withAgentInside(directory: string): Plugin {
  return {
    name: 'with-agent-inside',
    setup: ({ onLoad }) => {
      onLoad({ filter: /[\\/]functions[\\/]host[\\/]agent-files\.ts$/ }, () => ({
        contents: agentModule(directory),
        loader: 'js',
      }));
    },
  };
}

function agentModule(directory: string): string {
  const files = {
    firstStage: readFileSync(`${directory}/first-stage.py`, 'utf8'),
    native: readFileSync(`${directory}/native.json`, 'utf8'),
  };
  const boot = readFileSync(`${directory}/boot.bin`).toString('base64');
  return `export const agentFiles = { ...${JSON.stringify(files)}, boot: Buffer.from('${boot}', 'base64') };`;
}
