/** What the bundles leave out of ssh2, and how the agent gets into a function: plugins of esbuild. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

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
 * Parts of ssh2 that its index loads and nothing here asks for: agents for `http`, making keys, the server, SFTP. Left out, the first
 * connection of a run does not wait for Node's HTTP and TLS to load, and a function is 19 KB smaller.
 */
export const withoutUnusedSsh: Plugin = {
  name: 'without-unused-ssh',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/](http-agents|keygen|server|protocol[\\/]SFTP)\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/**
 * The cipher chacha20-poly1305 needs Poly1305, which Node has not: ssh2 brings it as WebAssembly in a loader, 10 KB zipped. tweetnacl,
 * which is there already, has it in 2 KB of JavaScript. The module has the form that ssh2 expects of Emscripten's.
 */
export const withSmallPoly1305: Plugin = {
  name: 'with-small-poly1305',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]ssh2[\\/]lib[\\/]protocol[\\/]crypto[\\/]poly1305\.js$/ }, ({ path }) => ({
      contents: `${poly1305Of(packageDirectory('tweetnacl', dirname(path)))}
        const HEAPU8 = new Uint8Array(16);
        const authenticate = (at, head, headBytes, rest, restBytes, key) => {
          const sum = new poly1305(key);
          sum.update(head, 0, headBytes);
          sum.update(rest, 0, restBytes);
          sum.finish(HEAPU8, at);
        };
        module.exports = async () => ({ HEAPU8, _malloc: () => 0, cwrap: () => authenticate });`,
    }));
  },
};

/** The class `poly1305` of tweetnacl, which stands in a function with everything else. */
function poly1305Of(directory: string): string {
  const text = readFileSync(join(directory, 'nacl-fast.js'), 'utf8');
  const start = text.indexOf('var poly1305 = ');
  const end = text.indexOf('function crypto_onetimeauth(');
  if (start < 0 || end < start) throw new Error('tweetnacl has its Poly1305 elsewhere');
  return text.slice(start, end);
}

/** Files of packages that no function reaches, each with the reason. */
const UNREACHED: readonly RegExp[] = [
  // YAML is read, never written, and with the failsafe schema: what a scalar means, `yaml-scalar.ts` says.
  /[\\/]yaml[\\/]browser[\\/]dist[\\/]stringify[\\/]\w+\.js$/,
  /[\\/]yaml[\\/]browser[\\/]dist[\\/]schema[\\/](core|json|yaml-1\.1)[\\/](binary|bool|float|int|omap|pairs|schema|set|timestamp)\.js$/,
  // No request that is made has an answer which comes as a stream of events.
  /[\\/]event-streams[\\/](EventStreamSerde|eventstream-(codec|serde-universal)[\\/]\w+)\.js$/,
  // Hashes in JavaScript, for where Node was built without them.
  /[\\/](Md5|Sha1|Sha256)Js\.js$/,
  // Endpoints that a service tells one by one: no request that is made asks for them.
  /[\\/]@aws-sdk[\\/]endpoint-cache[\\/]dist-es[\\/]EndpointCache\.js$/,
];

/** In the place of each file, empty classes of the same names: what runs while a client is made still runs, and using one fails. */
export const withoutUnreached: Plugin = {
  name: 'without-unreached',
  setup: ({ onLoad }) => {
    for (const filter of UNREACHED) {
      onLoad({ filter }, ({ path }) => ({
        contents: exportedNames(readFileSync(path, 'utf8'))
          .map((name) => `export class ${name} {}`)
          .join('\n'),
      }));
    }
  },
};

function exportedNames(text: string): readonly string[] {
  const declared = [...text.matchAll(/^export (?:async )?(?:class|const|function\*?) (\w+)/gm)];
  const listed = [...text.matchAll(/^export \{([^}]*)\};$/gm)].flatMap(([, names = '']) => names.split(','));
  return [...declared.map(([, name = '']) => name), ...listed.map((name) => name.trim())];
}

/** Packages read their own package.json, and of it their version. */
export const withVersionsOnly: Plugin = {
  name: 'with-versions-only',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]node_modules[\\/].*[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** bcrypt-pbkdf, which opens encrypted keys, takes SHA-512 out of a package of 35 KB. Node has it. */
export const withNodesSha512: Plugin = {
  name: 'with-nodes-sha512',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^tweetnacl$/ }, ({ path }) => ({ path, namespace: 'nodes-sha512' }));
    onLoad({ filter: /.*/, namespace: 'nodes-sha512' }, () => ({
      contents: `
        const { createHash } = require('node:crypto');
        exports.lowlevel = {
          crypto_hash(out, input, length) {
            out.set(createHash('sha512').update(input.subarray(0, length)).digest());
            return 0;
          },
        };`,
    }));
  },
};

const NUMBERS = /\[([\s\d,xa-fA-F]+)\]/g;
const BLOWFISH_BOXES = 4;

/**
 * bcryptjs, which hashes passwords, and bcrypt-pbkdf, which opens encrypted keys, both bring the 1,042 digits of pi that Blowfish
 * begins with: 11 KB that pack badly. Here the first takes those of the second; a build fails where they are not the same.
 */
export const withOneBlowfish: Plugin = {
  name: 'with-one-blowfish',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^blowfish-digits$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'blowfish',
      pluginData: { directory: packageDirectory('bcrypt-pbkdf', resolveDir) },
    }));
    onLoad({ filter: /.*/, namespace: 'blowfish' }, ({ pluginData }) => ({
      contents: `module.exports = ${JSON.stringify(blowfishDigits(pluginData.directory))};`,
    }));
    onLoad({ filter: /[\\/]bcrypt-pbkdf[\\/]index\.js$/ }, ({ path }) => {
      let index = -1;
      const contents = readFileSync(path, 'utf8').replace(NUMBERS, (numbers) => {
        index++;
        return index > BLOWFISH_BOXES ? numbers : `require('blowfish-digits')[${index}]`;
      });
      return { contents };
    });
    onLoad({ filter: /[\\/]bcryptjs[\\/]index\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const [whole = '', digits = '', boxes = ''] =
        /var P_ORIG = (\[[^\]]+\]);[^[]*var S_ORIG = (\[[^\]]+\]);/.exec(text) ?? [];
      const own = [...readNumbers(boxes), ...readNumbers(digits)];
      const shared = blowfishDigits(packageDirectory('bcrypt-pbkdf', dirname(path))).flat();
      if (own.length !== shared.length || own.some((number, index) => number !== shared[index]))
        throw new Error('bcryptjs and bcrypt-pbkdf do not begin with the same digits');
      const contents = text.replace(
        whole,
        `var P_ORIG = DIGITS[${BLOWFISH_BOXES}]; var S_ORIG = DIGITS.slice(0, ${BLOWFISH_BOXES}).flat();`,
      );
      return { contents: `import DIGITS from 'blowfish-digits';\n${contents}`, resolveDir: dirname(path) };
    });
  },
};

/** The four boxes and the digits after them, as bcrypt-pbkdf has them. */
function blowfishDigits(directory: string): number[][] {
  const lists = readFileSync(join(directory, 'index.js'), 'utf8').match(NUMBERS) ?? [];
  return lists.slice(0, BLOWFISH_BOXES + 1).map(readNumbers);
}

function readNumbers(list: string): number[] {
  return (list.match(/0x[\da-f]+|\d+/gi) ?? []).map(Number);
}

/** The package yaml as modules, of which esbuild keeps what is used: a function is 5.6 KB smaller. Both forms come from one source. */
export const withYamlAsModules: Plugin = {
  name: 'with-yaml-as-modules',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^yaml$/ }, ({ resolveDir }) => ({
      path: join(packageDirectory('yaml', resolveDir), 'browser/dist/index.js'),
    }));
  },
};

/**
 * Of an AWS client, only what the importing file names: what it does not name, it cannot use. esbuild itself takes the whole
 * of a package that is loaded when it is needed, in which most is about calls that nobody makes; so these are shaken first.
 */
export const withNamedExportsOnly: Plugin = {
  name: 'with-named-exports-only',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^@aws-sdk\/client-/ }, ({ importer, path, resolveDir }) => ({
      path: `${path} for ${importer}`,
      namespace: 'named-exports',
      pluginData: { client: path, importer, resolveDir },
    }));
    onLoad({ filter: /.*/, namespace: 'named-exports' }, async ({ pluginData }) => {
      const { client, importer, resolveDir } = pluginData;
      const names = await namedExports(client, readFileSync(importer, 'utf8'));
      return {
        contents: await shaken(client, names, resolveDir),
        resolveDir: packageDirectory(client, resolveDir),
      };
    });
  },
};

/** The exports that a text names. Never the client that has all calls of its service as methods: it is named like the service. */
async function namedExports(client: string, text: string): Promise<readonly string[]> {
  const words = new Set(text.match(/[A-Z]\w+/g));
  const names = Object.keys(await importPackage(client));
  return names.filter((name) => words.has(name) && !names.includes(`${name}Client`));
}

/** The client's own files that these exports need, as one module; what other packages give it still imports. */
async function shaken(client: string, names: readonly string[], resolveDir: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names.join(', ')} } from '${client}';`, resolveDir },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    write: false,
    plugins: [onlyTheClient(client), withoutUnusedSchemas(names), withVersionsOnly],
  });
  return outputFiles[0]?.text ?? '';
}

function onlyTheClient(client: string): Plugin {
  return {
    name: 'only-the-client',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^[^.]/ }, ({ path }) => (path === client ? undefined : { path, external: true }));
    },
  };
}

/**
 * The shapes of all requests and answers of a service are in one file, as lists that esbuild keeps, because it cannot know
 * that making them has no effect. Here it is told. Errors register there, too, 140 of Systems Manager alone: those that nobody
 * names go. Such an error comes as the service's general one, with the same name, message and metadata.
 */
function withoutUnusedSchemas(names: readonly string[]): Plugin {
  return {
    name: 'without-unused-schemas',
    setup: ({ onLoad }) => {
      onLoad({ filter: /[\\/]schemas[\\/]schemas_\d+\.js$/ }, ({ path }) => ({
        contents: readFileSync(path, 'utf8')
          .replace(/^((?:export )?var \w+\$* = )(\[[\s\S]*?\]);$/gm, '$1/* @__PURE__ */ (() => $2)();')
          .replace(/^n\d+_registry\.registerError\(\S+, (\w+)\);$/gm, (line, error: string) =>
            names.includes(error) ? line : '',
          ),
      }));
    },
  };
}

function packageDirectory(name: string, from: string): string {
  return dirname(createRequire(`${from}/`).resolve(`${name}/package.json`));
}

async function importPackage(name: string): Promise<object> {
  return await import(name);
}

/** A function's credentials are in its environment: looking for them anywhere else takes 28 KB, and would be a mistake. */
export const withCredentialsFromEnvironment: Plugin = {
  name: 'with-credentials-from-environment',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'environment-credentials',
      pluginData: { resolveDir },
    }));
    onLoad({ filter: /.*/, namespace: 'environment-credentials' }, ({ pluginData }) => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: pluginData.resolveDir,
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
    native: JSON.parse(readFileSync(`${directory}/native.json`, 'utf8')),
  };
  const boot = readFileSync(`${directory}/boot.bin`).toString('base64');
  return `export const agentFiles = { ...${JSON.stringify(files)}, boot: Buffer.from('${boot}', 'base64') };`;
}
